"""The shared lists in the platform's admin: to look up. They change by a migration."""

from django.contrib import admin

from clinic.admin import platform_site
from records.terminology.models import DiagnosisCode
from tenants.admin import PlatformAdmin


@admin.register(DiagnosisCode, site=platform_site)
class DiagnosisCodeAdmin(PlatformAdmin):
    """ICD-10."""

    may_add = False
    may_change = False
    list_display = ("code", "title")
    search_fields = ("code__istartswith", "search")
    ordering = ("code",)
