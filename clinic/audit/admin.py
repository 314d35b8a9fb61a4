"""The audit trail in the clinic's admin: searchable, never changed."""

from django.contrib import admin

from clinic.admin import ClinicAdmin, clinic_site
from clinic.audit.models import AuditEvent


@admin.register(AuditEvent, site=clinic_site)
class AuditEventAdmin(ClinicAdmin):
    """Entries by person, patient, record and day."""

    list_display = ("id", "at", "actor_label", "action", "table_name", "row_id", "ip")
    list_filter = ("action", "table_name")
    search_fields = ("actor_label", "=row_id", "=patient_id", "=actor_id")
    date_hierarchy = "at"
    may_add = False
    may_change = False
