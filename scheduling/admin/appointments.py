"""Appointments in the admin: booked and moved on by the services only."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import clinic_site
from scheduling import services
from scheduling.admin.through import ServiceForm, ThroughService
from scheduling.models import Appointment
from scheduling.models.availability import LONGEST_SLOT, SHORTEST_SLOT

ASKED = ("doctor", "patient", "appointment_type", "starts_at", "minutes", "reason")
AGREED = ("appointment_type", "mode", "fee", "overbook_reason", "series", "agent")
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


def step(verb: str, label: Any) -> Callable[..., None]:
    """A list action that takes the step `verb` for each chosen appointment."""

    @admin.action(description=label)
    def take(self: "AppointmentAdmin", request: HttpRequest, queryset: models.QuerySet) -> None:
        self.run_service(request, queryset, getattr(services, verb))

    take.__name__ = verb
    return take


@admin.register(Appointment, site=clinic_site)
class AppointmentAdmin(ThroughService):
    """Appointments: booked and moved on by the services only."""

    list_display = ("starts_at", "patient", "doctor", "status", "source")
    list_filter = ("status", "source")
    list_select_related = ("doctor__member", "patient__member")
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

    confirm_appointment = step("confirm_appointment", _("Confirm"))
    accept_offer = step("accept_offer", _("Take the offered time for the patient"))
    decline_offer = step("decline_offer", _("Pass the offered time on"))
    mark_arrived = step("mark_arrived", _("Note the arrival"))
    check_in_appointment = step("check_in_appointment", _("Check in"))
    fulfil_appointment = step("fulfil_appointment", _("Note as done"))
    mark_noshow = step("mark_noshow", _("Note that the patient did not come"))
    cancel_appointment = step("cancel_appointment", _("Cancel"))
    enter_appointment_in_error = step("enter_appointment_in_error", _("Strike out as entered in error"))

    def get_fields(self, request: HttpRequest, obj: Appointment | None = None) -> Any:
        """Booking asks for what the service needs; afterwards everything is shown."""
        return self.fields if obj else ASKED
