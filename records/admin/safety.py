"""Safety checks in the clinic's admin: what was found, and why it was handed out all the same."""

from django.contrib import admin

from clinic.admin import PartInline, clinic_site
from records.admin.base import RecordAdmin
from records.models import SafetyCheck, SafetyFinding


class FindingInline(PartInline):
    """What a check found, with the answers."""

    model = SafetyFinding
    fields = readonly_fields = ("position", "level", "text", "reason", "is_acknowledged")


@admin.register(SafetyCheck, site=clinic_site)
class SafetyCheckAdmin(RecordAdmin):
    """Checks with their findings."""

    list_display = ("created_at", "patient", "checked_by", "findings_count", "prescription")
    list_filter = ("created_at",)
    list_select_related = ("patient__member", "checked_by", "prescription")
    search_fields = ("patient__member__given_name", "patient__member__family_name", "patient__number")
    inlines = (FindingInline,)


@admin.register(SafetyFinding, site=clinic_site)
class SafetyFindingAdmin(RecordAdmin):
    """Findings, and what was answered."""

    list_display = ("created_at", "patient", "level", "text", "reason")
    list_filter = ("level", "created_at")
    list_select_related = ("patient__member",)
    search_fields = ("patient__member__given_name", "patient__member__family_name", "patient__number")
