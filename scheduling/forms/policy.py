"""How the clinic wants to be booked."""

from typing import Any

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import ModelForm
from scheduling.models import BookingPolicy
from scheduling.models.policy import REMINDERS

REMINDING = ("email_reminder_hours", "sms_reminder_hours")
# What belongs together, under its heading.
PARTS = (
    (_("When patients may book"), ("minimum_notice_hours", "horizon_days")),
    (_("Changing and cancelling"), ("change_deadline_hours",)),
    (_("Requests without a log-in"), ("unconfirmed_minutes", "answer_hours")),
    (_("Waiting list"), ("offer_minutes",)),
    (_("Reminders"), REMINDING),
    (_("Visits to which nobody comes"), ("noshow_after_hours",)),
    (
        _("Limits that keep the times free for everybody"),
        ("most_per_patient", "most_per_contact", "most_per_address", "most_unconfirmed_percent"),
    ),
)


class ReminderHours(forms.TypedMultipleChoiceField):
    """When patients are reminded: several of the times offered, or never."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(
            label=label,
            choices=REMINDERS,
            coerce=int,
            required=False,
            empty_value=[],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": _("Choose from the times offered.")},
            **options,
        )


class BookingPolicyForm(ModelForm):
    """The clinic's rules for booking."""

    email_reminder_hours = ReminderHours(
        _("Reminders by e-mail"),
        help_text=_("So long before the visit. Whoever has no e-mail address gets a text message."),
    )
    sms_reminder_hours = ReminderHours(
        _("Reminders by text message"),
        help_text=_("Whoever has no mobile number gets an e-mail. Text messages may cost your clinic money."),
    )

    class Meta:
        model = BookingPolicy
        fields = tuple(name for _title, names in PARTS for name in names)
        help_texts = {
            "minimum_notice_hours": _("0: patients may book at the last minute."),
            "horizon_days": _("At most 366. Hours of a doctor may have their own."),
            "change_deadline_hours": _("0: until the visit begins. Later they are asked to call."),
            "unconfirmed_minutes": _("Requests with an e-mail address: the patient confirms by a link."),
            "answer_hours": _("After that the time is free again."),
            "offer_minutes": _("After that the time is offered to the next person."),
            "noshow_after_hours": _(
                "Then the visit is noted as missed by itself, unless somebody noted otherwise."
            ),
            "most_unconfirmed_percent": _("Of the free times of the coming four weeks, three at least."),
        }

    @property
    def helper(self) -> FormHelper:
        """Its parts under their headings."""
        helper = super().helper
        helper.layout = Layout(
            *(
                Fieldset(title, *(InlineCheckboxes(name) if name in REMINDING else name for name in names))
                for title, names in PARTS
            )
        )
        return helper
