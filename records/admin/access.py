"""Glasses that were broken, in the clinic's admin."""

from django.contrib import admin

from clinic.admin import clinic_site
from records.admin.base import RecordAdmin
from records.models import EmergencyAccess


@admin.register(EmergencyAccess, site=clinic_site)
class EmergencyAccessAdmin(RecordAdmin):
    """Who opened whose record without having the patient in care, and why."""

    list_display = ("created_at", "doctor", "patient", "reason", "until")
    list_filter = ("created_at",)
    list_select_related = ("patient__member", "doctor__member")
    search_fields = ("doctor__member__family_name", "patient__member__family_name", "patient__number")
