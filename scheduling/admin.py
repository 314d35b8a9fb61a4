"""The calendar in the clinic's admin: states are read, steps are taken by their services."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from clinic.admin import ClinicAdmin, clinic_site
from clinic.models import Refusal
from scheduling import services
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule
from scheduling.models.availability import LONGEST_SLOT, SHORTEST_SLOT

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


class ServiceForm(forms.ModelForm):
    """A form of the admin that stores through a service; a refusal stands beside its field."""

    by: Member | None = None

    def carry_out(self, **data: Any) -> models.Model:
        """The service's work with the cleaned data. Raises Refusal."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Run the service, in the admin's own transaction."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            self.instance = self.carry_out(**data)
        except Refusal as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
        return data


class ThroughService(ClinicAdmin):
    """Whatever is stored here, the form's service has stored."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows who acts."""
        kwargs["form"] = type("Form", (self.form,), {"by": getattr(request, "member", None)})
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Nothing: the form's service has stored it."""


class RuleForm(ServiceForm):
    """Weekly hours, opened or changed."""

    def carry_out(self, **data: Any) -> AvailabilityRule:
        """Open or change the window."""
        if self.instance._state.adding:
            return services.add_availability_rule(by=self.by, **data)
        return services.update_availability_rule(self.instance, by=self.by, **data)


@admin.register(AvailabilityRule, site=clinic_site)
class AvailabilityRuleAdmin(ThroughService):
    """Weekly hours."""

    form = RuleForm
    list_display = ("doctor", "weekday", "starts", "ends", "slot_minutes", "valid_from", "valid_until")
    list_filter = ("weekday",)
    list_select_related = ("doctor__member",)
    search_fields = ("doctor__member__search",)
    autocomplete_fields = ("doctor",)


class ExceptionForm(ServiceForm):
    """Leave or an extra opening, entered."""

    despite_visits = forms.BooleanField(label=_("enter leave although visits are booked"), required=False)

    def carry_out(self, **data: Any) -> AvailabilityException:
        """Enter it, unless visits are in the way."""
        return services.add_availability_exception(by=self.by, **data)


@admin.register(AvailabilityException, site=clinic_site)
class AvailabilityExceptionAdmin(ThroughService):
    """Leave and extra openings: entered here, taken back on the doctor's page of hours."""

    form = ExceptionForm
    list_display = ("doctor", "kind", "starts_at", "ends_at", "slot_minutes", "reason")
    list_filter = ("kind",)
    list_select_related = ("doctor__member",)
    search_fields = ("doctor__member__search",)
    autocomplete_fields = ("doctor",)
    date_hierarchy = "starts_at"
    may_change = False


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
    autocomplete_fields = ("doctor", "patient")
    date_hierarchy = "starts_at"
    form = BookingForm
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
