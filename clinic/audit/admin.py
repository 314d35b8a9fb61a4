"""The audit trail in the clinic's admin: searchable, never changed."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

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

    def get_fields(self, request: HttpRequest, obj: AuditEvent | None = None) -> Any:
        """All of it, what the record held in words of ours."""
        words = {"old": "before", "new": "after"}
        return [words.get(field.name, field.name) for field in AuditEvent._meta.fields]

    @admin.display(description=_("before"))
    def before(self, entry: AuditEvent) -> str:
        """What the record held."""
        return _held(entry, entry.old)

    @admin.display(description=_("after"))
    def after(self, entry: AuditEvent) -> str:
        """What the record holds since."""
        return _held(entry, entry.new)


def _held(entry: AuditEvent, side: dict[str, Any] | None) -> str:
    if entry.is_sensitive:
        return str(_("Not shown: the record is sensitive."))
    return json.dumps(side, ensure_ascii=False, indent=1) if side else ""
