"""Health records in the clinic's admin; who may not see sensitive ones does not see them here either."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from clinic.access import asking
from clinic.admin import PartInline, clinic_site
from records.admin.base import RecordAdmin
from records.documents.models import HealthRecord, RecordFile


class RecordFileInline(PartInline):
    """The files of a record; their content is handed over by the record's page."""

    model = RecordFile
    fields = readonly_fields = ("position", "name", "media_type", "size", "sha256")


@admin.register(HealthRecord, site=clinic_site)
class HealthRecordAdmin(RecordAdmin):
    """Health records."""

    list_display = ("recorded_on", "patient", "kind", "title", "author", "status")
    list_filter = ("kind", "status", "recorded_on")
    list_select_related = ("patient__member", "author")
    search_fields = ("patient__member__given_name", "patient__member__family_name", "patient__number")
    readonly_fields = ("data",)
    inlines = (RecordFileInline,)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Without the sensitive ones, unless the role may see them."""
        found, member = super().get_queryset(request), asking(request)
        if member and member.may("documents.sensitive_record"):
            return found
        return found.filter(is_sensitive=False)
