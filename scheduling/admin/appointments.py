"""Appointments in the admin: booked and moved on by the services only."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import clinic_site, step
from scheduling import services
from scheduling.admin.through import ServiceForm, ThroughService
from scheduling.models import Appointment
from scheduling.models.availability import LONGEST_SLOT, SHORTEST_SLOT

ASKED = ("doctor", "patient", "appointment_type", "starts_at", "minutes", "reason")
AGREED = ("appointment_type", "mode", "branch", "room", "fee", "overbook_reason", "series", "agent")
FACTS = (
    "status",
    "source",
    "booked_by",
    "held_until",
    "patient_confirmed_at",
    "confirmed_at",
    "confirmed_by",
    "declined_at",
    "declined_by",
    "decline_reason",
    "arrived_at",
    "checked_in_at",
    "fulfilled_at",
    "noshow_at",
    "cancelled_at",
    "cancelled_by",
    "cancel_reason",
    "rescheduled_to",
    "created_at",
)


class BookingForm(ServiceForm):
    """A visit, booked."""

    starts_at = forms.SplitDateTimeField(label=_("starts"), widget=AdminSplitDateTime)
    minutes = forms.IntegerField(
        label=_("minutes"),
        min_value=SHORTEST_SLOT,
        max_value=LONGEST_SLOT,
        required=False,
        help_text=_("Empty for a time that is offered; otherwise any free time within the hours."),
    )

    def carry_out(self, **data: Any) -> Appointment:
        """Book the visit."""
        return services.book_appointment(by=self.by, **data)


@admin.register(Appointment, site=clinic_site)
class AppointmentAdmin(ThroughService):
    """Appointments: booked and moved on by the services only."""

    list_display = ("starts_at", "patient", "doctor", "status", "source", "branch", "room")
    list_filter = ("status", "source")
    list_select_related = ("doctor__member", "patient__member", "branch", "room")
    search_fields = ("patient__number", "patient__member__search", "doctor__member__search")
    autocomplete_fields = ("doctor", "patient", "appointment_type")
    date_hierarchy = "starts_at"
    form = BookingForm
    fields = ("doctor", "patient", "starts_at", "ends_at", "reason", *AGREED, *FACTS)
    may_change = False
    actions = (
        "confirm_appointment",
        "accept_offer",
        "decline_offer",
        "mark_arrived",
        "check_in_appointment",
        "fulfil_appointment",
        "mark_noshow",
        "cancel_appointment",
        "enter_appointment_in_error",
    )

    confirm_appointment = step(services.confirm_appointment, _("Confirm"))
    accept_offer = step(services.accept_offer, _("Take the offered time for the patient"))
    decline_offer = step(services.decline_offer, _("Pass the offered time on"))
    mark_arrived = step(services.mark_arrived, _("Note the arrival"))
    check_in_appointment = step(services.check_in_appointment, _("Check in"))
    fulfil_appointment = step(services.fulfil_appointment, _("Note as done"))
    mark_noshow = step(services.mark_noshow, _("Note that the patient did not come"))
    cancel_appointment = step(services.cancel_appointment, _("Cancel"))
    enter_appointment_in_error = step(
        services.enter_appointment_in_error, _("Strike out as entered in error")
    )

    def get_fields(self, request: HttpRequest, obj: Appointment | None = None) -> Any:
        """Booking asks for what the service needs; afterwards everything is shown."""
        return self.fields if obj else ASKED
