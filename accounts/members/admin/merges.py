"""Merged files in a clinic's admin, to read: they are merged and taken apart on the patients' pages."""

from django.contrib import admin

from accounts.members.models import DistinctPeople, PatientMerge, PatientMergeMove
from clinic.admin import ClinicAdmin, PartInline, clinic_site


class MoveInline(PartInline):
    """What the merge moved."""

    model = PatientMergeMove
    fields = readonly_fields = ("table_name", "column_name", "row_id")


@admin.register(PatientMerge, site=clinic_site)
class PatientMergeAdmin(ClinicAdmin):
    """Which file went into which, by whom, and whether it was undone."""

    list_display = (
        *("merged_number", "merged_name", "into_number", "survivor", "status", "created_at", "merged_by"),
        *("undone_at", "undone_by"),
    )
    list_filter = ("status", "created_at")
    list_select_related = ("survivor__member", "merged_by", "undone_by")
    search_fields = ("merged_number", "merged_name", "into_number", "survivor__number")
    inlines = (MoveInline,)
    may_add = may_change = False


@admin.register(DistinctPeople, site=clinic_site)
class DistinctPeopleAdmin(ClinicAdmin):
    """Pairs of files somebody has told apart."""

    list_display = ("one", "other", "told_by", "created_at")
    list_select_related = ("one__member", "other__member", "told_by")
    search_fields = ("one__number", "other__number")
    may_add = may_change = False
