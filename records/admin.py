"""Records in the clinic's admin: to look up, never to write. What may end there ends by its service."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin, PartInline, clinic_site
from clinic.audit.services import record_read
from records import services
from records.models import Addendum, Consultation, Prescription, PrescriptionItem


class ReasonActionForm(ActionForm):
    """The actions of a list, with the reason some of them ask for."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class RecordAdmin(ClinicAdmin):
    """Only the treating doctor writes, so nothing is added or changed here; each look is recorded."""

    may_add = False
    may_change = False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The record, and an entry in the trail that it was opened."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            record_read(found, patient_id=found.patient_id)
        return found


class AddendumInline(PartInline):
    """What was added after the signature."""

    model = Addendum
    fields = readonly_fields = ("created_at", "author", "text")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """With the authors' names, in the same statement."""
        return super().get_queryset(request).select_related("author")


class ItemInline(PartInline):
    """The medicines of a prescription."""

    model = PrescriptionItem
    fields = readonly_fields = ("position", *PrescriptionItem.TEXTS)


@admin.register(Consultation, site=clinic_site)
class ConsultationAdmin(RecordAdmin):
    """Consultations."""

    list_display = ("started_at", "patient", "doctor", "status", "signed_at")
    list_filter = ("status", "started_at")
    list_select_related = ("patient__member", "doctor__member")
    search_fields = ("patient__member__given_name", "patient__member__family_name", "patient__number")
    ordering = ("-started_at", "-id")
    inlines = (AddendumInline,)
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


@admin.register(Prescription, site=clinic_site)
class PrescriptionAdmin(RecordAdmin):
    """Prescriptions with their medicines."""

    list_display = ("created_at", "patient", "doctor", "status", "activated_at")
    list_filter = ("status", "created_at")
    list_select_related = ("patient__member", "doctor__member")
    search_fields = ("patient__member__given_name", "patient__member__family_name", "patient__number")
    inlines = (ItemInline,)
