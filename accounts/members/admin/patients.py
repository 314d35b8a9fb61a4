"""Patients in a clinic's admin."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.members import services
from accounts.members.admin.base import ProfileAdmin, ServiceAdmin
from accounts.members.forms import KnownPatientForm
from accounts.members.forms.families import AppointForm
from accounts.members.models import Allergy, Condition, EmergencyContact, Guardianship, PatientProfile
from clinic.access import asking
from clinic.admin import clinic_site, step


@admin.register(PatientProfile, site=clinic_site)
class PatientProfileAdmin(ProfileAdmin):
    """Patients; the number is given once."""

    form = KnownPatientForm
    list_display = ("name", "number", "date_of_birth", "gender", "created_at")
    list_filter = ("member__status", "gender", "blood_group")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PatientProfile], search_term: str
    ) -> tuple[QuerySet[PatientProfile], bool]:
        """The same search as on the patients' page."""
        return queryset.search(search_term), False  # type: ignore[attr-defined]

    def adding(self, request: HttpRequest, facts: dict[str, Any]) -> models.Model:
        """Register the patient."""
        return services.register_patient(by=asking(request), **facts)

    def changing(self, request: HttpRequest, obj: Any, facts: dict[str, Any]) -> None:
        """Correct the patient's details."""
        services.update_patient(obj, by=asking(request), **facts)


class PartAdmin(ServiceAdmin):
    """What belongs to a patient is added and struck out, not rewritten."""

    autocomplete_fields = ("patient",)
    list_select_related = ("patient__member",)
    may_change = False
    actions: Sequence[str] = ("remove",)


@admin.register(EmergencyContact, site=clinic_site)
class EmergencyContactAdmin(PartAdmin):
    """Whom to call."""

    list_display = ("name", "relationship", "phone", "patient")
    search_fields = ("name", "phone", "patient__member__search", "patient__number")

    def adding(self, request: HttpRequest, facts: dict[str, Any]) -> models.Model:
        """Note whom to call."""
        return services.add_emergency_contact(by=asking(request), **facts)

    @admin.action(description=_("Remove from the record"))
    def remove(self, request: HttpRequest, queryset: QuerySet[EmergencyContact]) -> None:
        """Strike these out."""
        self.run_service(request, queryset, services.remove_emergency_contact)


@admin.register(Allergy, site=clinic_site)
class AllergyAdmin(PartAdmin):
    """Allergies are read here; doctors write them on the patient's page."""

    list_display = ("substance", "severity", "reaction", "patient")
    list_filter = ("severity",)
    search_fields = ("substance", "patient__member__search", "patient__number")
    may_add = False
    actions = ()


@admin.register(Condition, site=clinic_site)
class ConditionAdmin(PartAdmin):
    """Conditions are read here; doctors write them on the patient's page."""

    list_display = ("name", "since", "is_active", "patient")
    list_filter = ("is_active",)
    search_fields = ("name", "patient__member__search", "patient__number")
    may_add = False
    actions = ()


@admin.register(Guardianship, site=clinic_site)
class GuardianshipAdmin(ServiceAdmin):
    """Who acts for whom. It is ended and extended, with a reason, on the patient's page."""

    form = AppointForm
    list_display = (
        "dependant",
        "guardian",
        "relation",
        "starts_on",
        "ends_on",
        "verified_at",
        "handed_over_at",
        "ended_at",
        "ending",
    )
    list_filter = ("relation", "ending", "verified_at")
    list_select_related = ("guardian", "dependant__member", "verified_by", "handed_over_by", "ended_by")
    search_fields = ("guardian__search", "dependant__member__search", "dependant__number")
    autocomplete_fields = ("guardian", "dependant")
    may_change = False
    actions = (step(services.verify_guardianship, _("The papers were seen")),)

    def adding(self, request: HttpRequest, facts: dict[str, Any]) -> models.Model:
        """Enter who acts for a patient."""
        return services.add_guardian(by=asking(request), **facts)
