"""What is typed into a health record."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.members.models import PatientProfile
from clinic.forms import DateInput, Form, FormSet, ModelForm
from clinic.templatetags.clinic import day_time
from records.documents.forms.files import FilesField, ask_again
from records.documents.models import HealthRecord
from records.documents.models.record import MOST_VALUES
from records.models import Consultation

FIRST_ROWS = 3
LAST_VISITS = 20


class ValueForm(Form):
    """One measured value. An empty row is no row."""

    name = forms.CharField(label=_("What"), max_length=100, required=False)
    value = forms.CharField(label=_("Value"), max_length=100, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=30, required=False)

    def clean(self) -> dict[str, Any]:
        """A row that says anything says what and how much."""
        typed = self.cleaned_data
        if any(typed.values()) and not (typed.get("name") and typed.get("value")):
            raise forms.ValidationError(_("Say what was measured and its value, or clear the row."))
        return typed


ValueFormSet = forms.formset_factory(
    ValueForm, formset=FormSet, extra=FIRST_ROWS, max_num=MOST_VALUES, validate_max=True
)


class VisitField(forms.ModelChoiceField):
    """One of the patient's visits, by its time and doctor."""

    def label_from_instance(self, obj: Any) -> str:
        """When it was and with whom."""
        return f"{day_time(obj.started_at or obj.created_at)} · {obj.doctor.name}"


class RecordForm(ModelForm):
    """A record with its values and files, as one form."""

    consultation = VisitField(
        label=_("Belongs to the visit of"), queryset=None, required=False, empty_label=_("No visit")
    )
    uploads = FilesField(required=False)

    class Meta:
        model = HealthRecord
        fields = (*("kind", "title", "recorded_on", "source", "consultation", "description", "is_sensitive"),)
        widgets = {"recorded_on": DateInput(), "description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, patient: PatientProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visits = Consultation.objects.for_patient(patient).select_related("doctor__member")
        field: Any = self.fields["consultation"]
        field.queryset = visits.filter(cancelled_at__isnull=True)

    @cached_property
    def rows(self) -> forms.BaseFormSet:
        """The rows of values."""
        return ValueFormSet(self.data if self.is_bound else None, prefix="values")

    @property
    def is_full(self) -> bool:
        """Whether no further row fits."""
        return self.rows.total_form_count() >= MOST_VALUES

    def is_valid(self) -> bool:
        """Whether every field and every row is well-formed."""
        is_valid = all((super().is_valid(), self.rows.is_valid()))
        if not is_valid:
            ask_again(self)
        return is_valid

    def service_data(self) -> dict[str, Any]:
        """The fields, and the rows that say something."""
        rows = [row.cleaned_data for row in self.rows if row.cleaned_data.get("name")]
        return {**self.cleaned_data, "data": rows}


def blank_row(number: int) -> forms.Form:
    """The empty row at place `number` (from 0), for the button that adds one."""
    row = ValueFormSet(prefix="values").empty_form
    row.prefix = f"values-{number}"
    return row
