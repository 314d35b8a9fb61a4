"""What is typed into records."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clinic.forms import DateInput, Form, FormSet, ModelForm
from records.models import Consultation, Prescription, PrescriptionItem
from records.models.consultation import LONGEST_MINUTES, LONGEST_TEXT

# How many medicines one sheet holds, and how many rows a new one offers.
MOST_ITEMS = 40
FIRST_ROWS = 3


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ConsultationForm(ModelForm):
    """The text of a consultation."""

    duration_minutes = forms.IntegerField(
        label=_("Duration in minutes"), required=False, min_value=1, max_value=LONGEST_MINUTES
    )

    class Meta:
        model = Consultation
        fields = (*Consultation.TEXTS, "duration_minutes", "follow_up_on")
        widgets = {
            "complaints": _text(3),
            "history": _text(3),
            "examination": _text(3),
            "diagnosis": _text(2),
            "plan": _text(3),
            "notes": _text(2),
            "follow_up_on": DateInput(),
        }

    @property
    def helper(self) -> FormHelper:
        """The texts one under the other, the two short fields side by side."""
        helper = super().helper
        short = (Column("duration_minutes"), Column("follow_up_on"))
        helper.layout = Layout(*Consultation.TEXTS, Row(*short))
        return helper


class AddendumForm(Form):
    """What is added to a signed consultation."""

    text = forms.CharField(label=_("Addendum"), max_length=LONGEST_TEXT, widget=_text(3))


class ItemForm(ModelForm):
    """One row of a prescription. An empty row is no row."""

    class Meta:
        model = PrescriptionItem
        fields = PrescriptionItem.TEXTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["medicine"].required = False

    def clean(self) -> dict[str, Any]:
        """A row that says anything names its medicine."""
        texts = [self.cleaned_data.get(name, "") for name in PrescriptionItem.TEXTS]
        if any(texts) and not texts[0] and "medicine" not in self.errors:
            self.add_error("medicine", _("Name the medicine, or clear the row."))
        return self.cleaned_data


class BaseItemFormSet(FormSet):
    """The rows of a prescription."""

    def add_fields(self, form: forms.BaseForm, index: int | None) -> None:
        """Each row can be taken away."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove")


ItemFormSet = forms.formset_factory(
    ItemForm, formset=BaseItemFormSet, extra=0, can_delete=True, max_num=MOST_ITEMS, validate_max=True
)


class PrescriptionForm(Form):
    """A prescription with its rows, as one form. `rows`: how many to show at least."""

    notes = forms.CharField(
        label=_("Notes for the patient"), max_length=2000, required=False, widget=_text(2)
    )

    def __init__(self, data: Any = None, *, prescription: Prescription, rows: int = FIRST_ROWS) -> None:
        super().__init__(data, initial={"notes": prescription.notes})
        self.known = [
            {name: getattr(item, name) for name in PrescriptionItem.TEXTS}
            for item in prescription.items.all()
        ]
        self.rows = rows

    @cached_property
    def items(self) -> forms.BaseFormSet:
        """The rows: those on record, and empty ones to type in."""
        rows = ItemFormSet(self.data if self.is_bound else None, initial=self.known, prefix="items")
        rows.extra = max(min(self.rows, MOST_ITEMS) - len(self.known), 0)
        return rows

    @property
    def is_full(self) -> bool:
        """Whether the sheet holds no further row."""
        return self.items.total_form_count() >= MOST_ITEMS

    def is_valid(self) -> bool:
        """Whether the notes and every row are well-formed."""
        return all((super().is_valid(), self.items.is_valid()))

    def service_data(self) -> dict[str, Any]:
        """The notes, and the texts of each row that names a medicine and is not marked for removal."""
        rows = (row.cleaned_data for row in self.items if not row.cleaned_data.get("DELETE"))
        items = [{name: row[name] for name in PrescriptionItem.TEXTS} for row in rows if row.get("medicine")]
        return {"notes": self.cleaned_data["notes"], "items": items}


def blank_row(number: int) -> forms.ModelForm:
    """The empty row at place `number` (from 0), for the button that adds one."""
    row = ItemFormSet(prefix="items").empty_form
    row.prefix = f"items-{number}"
    return row
