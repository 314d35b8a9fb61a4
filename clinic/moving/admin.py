"""What was brought in, in the clinic's admin: to be read. It is taken back where it was brought in."""

from django.contrib import admin

from clinic.admin import ClinicAdmin, clinic_site
from clinic.moving.models import ImportedRecord, ImportRun


@admin.register(ImportRun, site=clinic_site)
class ImportRunAdmin(ClinicAdmin):
    """Imports and what became of them."""

    list_display = ("created_at", "file_name", "kind", "status", "rows", "by")
    list_filter = ("status", "kind")
    list_select_related = ("by",)
    search_fields = ("file_name",)
    may_add = False
    may_change = False


@admin.register(ImportedRecord, site=clinic_site)
class ImportedRecordAdmin(ClinicAdmin):
    """Records of ours, and what they are called where they came from."""

    list_display = ("created_at", "source", "kind", "key", "model", "record_id", "created")
    list_filter = ("created", "kind")
    list_select_related = ("run",)
    search_fields = ("=key", "=record_id")
    may_add = False
    may_change = False
