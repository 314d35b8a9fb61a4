"""What agents type: who comes, for whom they book, what they did; and the days the desk asks about."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.forms import DateInput, DateTimeInput, Form, ModelForm
from scheduling.forms.booking import PersonForm, TimeForm, reason_field
from scheduling.models import Assistance
from scheduling.models.assistance import BY_HAND, AssistanceKind


class BroughtForm(PersonForm):
    """Whom the agent brings."""

    def clean(self) -> dict[str, Any]:
        """The clinic must be able to reach the patient."""
        data = super().clean() or self.cleaned_data
        if not (self.errors or data.get("email") or data.get("phone")):
            self.add_error("email", _("Give the patient’s e-mail address or phone number."))
        return data


class ForPatientForm(BroughtForm, TimeForm):
    """Who comes, and why."""

    field_order = ("starts_at", "given_name", "family_name", "date_of_birth", "email", "phone", "reason")
    reason = reason_field(_("Reason for the visit (optional)"))


class OwnPatientForm(TimeForm):
    """One of the agent's own patients comes: only why is asked."""

    reason = reason_field(_("Reason for the visit (optional)"))


class AssistanceForm(ModelForm):
    """What the agent did."""

    class Meta:
        model = Assistance
        fields = ("kind", "happened_at", "appointment", "note")
        widgets = {"happened_at": DateTimeInput(), "note": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"note": _("Nothing about illness or treatment. What you write stays as it is.")}

    def __init__(self, *args: Any, visits: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind, AssistanceKind(kind).label) for kind in BY_HAND]
        self.fields["kind"] = forms.ChoiceField(choices=kinds, label=_("What was done"))
        self.fields["appointment"].queryset = visits  # type: ignore[attr-defined]
        self.fields["appointment"].label = _("Visit (optional)")
        self.fields["appointment"].empty_label = _("None in particular")  # type: ignore[attr-defined]
        self.initial.setdefault("happened_at", timezone.localtime().replace(second=0, microsecond=0))
        if not visits:
            del self.fields["appointment"]


class PeriodForm(Form):
    """From which day to which; either may be left open."""

    first = forms.DateField(required=False, label=_("From"), widget=DateInput())
    last = forms.DateField(required=False, label=_("To"), widget=DateInput())
