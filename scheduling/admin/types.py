"""Kinds of visits in the admin: stored by the services, retired instead of deleted."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import clinic_site, step
from scheduling import services
from scheduling.admin.through import ServiceForm, ThroughService
from scheduling.models import AppointmentType, DoctorAppointmentType


class TypeForm(ServiceForm):
    """A kind of visit, added or changed."""

    def carry_out(self, **data: Any) -> AppointmentType:
        """Add or change it."""
        if self.instance._state.adding:
            return services.add_appointment_type(by=self.by, **data)
        return services.update_appointment_type(self.instance, by=self.by, **data)


@admin.register(AppointmentType, site=clinic_site)
class AppointmentTypeAdmin(ThroughService):
    """Kinds of visits."""

    form = TypeForm
    list_display = ("name", "kind", "minutes", "buffer_minutes", "fee", "is_public", "is_active", "position")
    list_filter = ("is_active", "kind", "is_public")
    search_fields = ("name",)
    readonly_fields = ("is_active",)
    actions = ("retire_appointment_type", "restore_appointment_type")

    retire_appointment_type = step(services.retire_appointment_type, _("Offer no longer"))
    restore_appointment_type = step(services.restore_appointment_type, _("Offer again"))


class HabitForm(ServiceForm):
    """What a doctor does otherwise."""

    def carry_out(self, **data: Any) -> DoctorAppointmentType:
        """Note it."""
        # A changed row stays with its doctor and its kind.
        kind = data.pop("appointment_type", None) or self.instance.appointment_type
        doctor = data.pop("doctor", None) or self.instance.doctor
        return services.adapt_appointment_type(kind, by=self.by, doctor=doctor, **data)


@admin.register(DoctorAppointmentType, site=clinic_site)
class DoctorAppointmentTypeAdmin(ThroughService):
    """Doctors' kinds of visits."""

    form = HabitForm
    list_display = ("doctor", "appointment_type", "is_offered", "minutes", "buffer_minutes", "fee")
    list_filter = ("is_offered", "appointment_type")
    list_select_related = ("doctor__member", "appointment_type")
    search_fields = ("doctor__member__search", "appointment_type__name")
    autocomplete_fields = ("doctor", "appointment_type")

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        """Whose it is and of what is said once."""
        fixed = ("doctor", "appointment_type") if obj else ()
        return (*super().get_readonly_fields(request, obj), *fixed)
