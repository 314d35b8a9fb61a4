"""What is typed to open a record, and to find something in it or in the trail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.audit.models import AuditEvent
from clinic.forms import DateInput, Form, ReasonForm
from records.chart.timeline import KINDS

# As crispy draws the fields of other forms.
DRAWN = {"class": "form-control"}


class GlassForm(ReasonForm):
    """Why a doctor opens the record of a patient who is not in the own care."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.label = _("Why do you need to open it?")
        reason.help_text = _("For example: emergency in the waiting room; covering for a colleague.")
        reason.widget.attrs["autofocus"] = True


class PeriodForm(Form):
    """From one day to another, either of them left open. What is not a day leaves it open too."""

    since = forms.DateField(label=_("From"), required=False, widget=DateInput(attrs=DRAWN))
    until = forms.DateField(label=_("To"), required=False, widget=DateInput(attrs=DRAWN))

    def asked(self) -> dict[str, Any]:
        """What was asked for, as far as it can be understood."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class TimelineForm(PeriodForm):
    """Which part of a patient's time to show."""

    kind = forms.ChoiceField(
        label=_("What"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        choices=[("", _("Everything")), *((name, kind.label) for name, kind in KINDS.items())],
    )
    field_order = ("kind", "since", "until")


class TrailForm(PeriodForm):
    """Which entries of the trail to show."""

    who = forms.CharField(label=_("Who"), required=False, max_length=100)
    patient = forms.CharField(label=_("Patient: name or number"), required=False, max_length=100)
    action = forms.ChoiceField(
        label=_("What was done"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        choices=[("", _("Everything")), *AuditEvent.Action.choices],
    )
    field_order = ("who", "patient", "action", "since", "until")
