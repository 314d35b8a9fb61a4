"""Consultations in the clinic's admin. What may end there ends by its service."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import PartInline, clinic_site
from records import services
from records.admin.base import ReasonActionForm, RecordAdmin
from records.models import Addendum, AddendumDraft, Consultation, Diagnosis


class DiagnosisInline(PartInline):
    """What was found, the main one first."""

    model = Diagnosis
    fields = readonly_fields = ("position", "code", "title")


class AddendumInline(PartInline):
    """What was added after the signature."""

    model = Addendum
    fields = readonly_fields = ("created_at", "author", "text")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """With the authors' names, in the same statement."""
        return super().get_queryset(request).select_related("author")


@admin.register(Consultation, site=clinic_site)
class ConsultationAdmin(RecordAdmin):
    """Consultations."""

    list_display = ("started_at", "patient", "doctor", "status", "signed_at")
    list_filter = ("status", "started_at")
    list_select_related = ("patient__member", "doctor__member")
    search_fields = ("patient__member__given_name", "patient__member__family_name", "patient__number")
    ordering = ("-started_at", "-id")
    inlines = (DiagnosisInline, AddendumInline)
    actions = ("cancel_consultation",)
    action_form = ReasonActionForm

    @admin.action(description=_("Cancel what is not signed (with a reason)"))
    def cancel_consultation(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Close what a doctor who left did not sign."""
        reason = request.POST.get("reason", "")
        self.run_service(request, queryset, services.cancel_consultation, reason=reason)


@admin.register(Addendum, site=clinic_site)
class AddendumAdmin(RecordAdmin):
    """Addenda."""

    list_display = ("created_at", "patient", "author", "consultation")
    list_filter = ("created_at",)
    list_select_related = ("patient__member", "author", "consultation")
    search_fields = ("patient__member__given_name", "patient__member__family_name", "patient__number")


@admin.register(Diagnosis, site=clinic_site)
class DiagnosisAdmin(RecordAdmin):
    """Diagnoses by their codes."""

    list_display = ("code", "title", "position", "patient", "consultation")
    list_filter = ("created_at",)
    list_select_related = ("patient__member", "consultation")
    search_fields = ("code", "title", "patient__member__given_name", "patient__member__family_name")
    ordering = ("-created_at", "position")


@admin.register(AddendumDraft, site=clinic_site)
class AddendumDraftAdmin(RecordAdmin):
    """Addenda that nobody has added yet."""

    list_display = ("created_at", "patient", "consultation")
    list_filter = ("created_at",)
    list_select_related = ("patient__member", "consultation")
    search_fields = ("patient__member__given_name", "patient__member__family_name", "patient__number")
