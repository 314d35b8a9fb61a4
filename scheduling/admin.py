"""The calendar in the clinic's admin: states are read, steps are taken by their services."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member
from clinic.admin import ClinicAdmin, clinic_site
from clinic.models import Refusal
from scheduling import services
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule
from scheduling.models.availability import LONGEST_SLOT, SHORTEST_SLOT

DOCTOR_NAMES = ("doctor__member__given_name", "doctor__member__family_name")
FACTS = (
    "status",
    "source",
    "booked_by",
    "held_until",
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


class HoursAdmin(ClinicAdmin):
    """What says when a doctor can be booked."""

    list_select_related = ("doctor__member",)
    search_fields = DOCTOR_NAMES

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Doctors with their names, in one statement."""
        if db_field.name == "doctor":
            kwargs["queryset"] = DoctorProfile.objects.with_people()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(AvailabilityRule, site=clinic_site)
class AvailabilityRuleAdmin(HoursAdmin):
    """Weekly hours."""

    list_display = ("doctor", "weekday", "starts", "ends", "slot_minutes", "valid_from", "valid_until")
    list_filter = ("weekday",)


@admin.register(AvailabilityException, site=clinic_site)
class AvailabilityExceptionAdmin(HoursAdmin):
    """Leave and extra openings."""

    list_display = ("doctor", "kind", "starts_at", "ends_at", "slot_minutes", "reason")
    list_filter = ("kind",)
    date_hierarchy = "starts_at"


class BookingForm(forms.ModelForm):
    """Booking from the admin: the service decides, its refusal stands beside the field."""

    by: Member | None = None
    starts_at = forms.SplitDateTimeField(label=_("starts"), widget=AdminSplitDateTime)
    minutes = forms.IntegerField(
        label=_("minutes"),
        min_value=SHORTEST_SLOT,
        max_value=LONGEST_SLOT,
        required=False,
        help_text=_("Empty for a time that is offered; otherwise any free time within the hours."),
    )

    class Meta:
        model = Appointment
        fields = ("doctor", "patient", "starts_at", "reason")

    def clean(self) -> dict[str, Any]:
        """Book, in the admin's own transaction."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            self.instance = services.book_appointment(by=self.by, **data)
        except Refusal as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
        return data


def step(verb: str, label: Any) -> Callable[..., None]:
    """A list action that takes the step `verb` for each chosen appointment."""

    @admin.action(description=label)
    def take(self: "AppointmentAdmin", request: HttpRequest, queryset: models.QuerySet) -> None:
        self.run_service(request, queryset, getattr(services, verb))

    take.__name__ = verb
    return take


@admin.register(Appointment, site=clinic_site)
class AppointmentAdmin(ClinicAdmin):
    """Appointments: booked and moved on by the services only."""

    list_display = ("starts_at", "patient", "doctor", "status", "source")
    list_filter = ("status", "source")
    list_select_related = ("doctor__member", "patient__member")
    search_fields = (
        "patient__number",
        "patient__member__given_name",
        "patient__member__family_name",
        *DOCTOR_NAMES,
    )
    date_hierarchy = "starts_at"
    fields = ("doctor", "patient", "starts_at", "ends_at", "reason", *FACTS)
    may_change = False
    actions = (
        "confirm_appointment",
        "mark_arrived",
        "check_in_appointment",
        "fulfil_appointment",
        "mark_noshow",
        "cancel_appointment",
        "enter_appointment_in_error",
    )

    confirm_appointment = step("confirm_appointment", _("Confirm"))
    mark_arrived = step("mark_arrived", _("Note the arrival"))
    check_in_appointment = step("check_in_appointment", _("Check in"))
    fulfil_appointment = step("fulfil_appointment", _("Note as done"))
    mark_noshow = step("mark_noshow", _("Note that the patient did not come"))
    cancel_appointment = step("cancel_appointment", _("Cancel"))
    enter_appointment_in_error = step("enter_appointment_in_error", _("Strike out as entered in error"))

    def get_fields(self, request: HttpRequest, obj: Appointment | None = None) -> Any:
        """Booking asks for what the service needs; afterwards everything is shown."""
        return self.fields if obj else ("doctor", "patient", "starts_at", "minutes", "reason")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The booking form, which knows who books."""
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        return type("BookingForm", (BookingForm,), {"by": getattr(request, "member", None)})

    def save_model(self, request: HttpRequest, obj: Appointment, form: Any, change: bool) -> None:
        """Nothing: the form's service has stored it."""
