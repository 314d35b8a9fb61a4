"""The calendar in the clinic's admin: states are read, steps are taken by their services."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin, clinic_site
from scheduling import services
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule


@admin.register(AvailabilityRule, site=clinic_site)
class AvailabilityRuleAdmin(ClinicAdmin):
    """Weekly hours."""

    list_display = ("doctor", "weekday", "starts", "ends", "slot_minutes", "valid_from", "valid_until")
    list_filter = ("weekday",)
    list_select_related = ("doctor__member",)
    search_fields = ("doctor__member__given_name", "doctor__member__family_name")
    autocomplete_fields = ("doctor",)


@admin.register(AvailabilityException, site=clinic_site)
class AvailabilityExceptionAdmin(ClinicAdmin):
    """Leave and extra openings."""

    list_display = ("doctor", "kind", "starts_at", "ends_at", "slot_minutes", "reason")
    list_filter = ("kind",)
    list_select_related = ("doctor__member",)
    search_fields = ("doctor__member__given_name", "doctor__member__family_name", "reason")
    autocomplete_fields = ("doctor",)
    date_hierarchy = "starts_at"


def step(verb: str, label: Any) -> Callable[..., None]:
    """An action of the list that takes the step `verb` for each chosen appointment."""

    @admin.action(description=label)
    def take(self: "AppointmentAdmin", request: HttpRequest, queryset: models.QuerySet) -> None:
        self.run_service(request, queryset, getattr(services, verb))

    take.__name__ = verb
    return take
