"""What was given out, in the clinic's admin: to read, and to delete before its time."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin, clinic_site, step
from clinic.exports.models import Export
from clinic.exports.services import delete_export


@admin.register(Export, site=clinic_site)
class ExportAdmin(ClinicAdmin):
    """Copies of everything, by patient and by who asked."""

    list_display = ("created_at", "way", "patient", "asked_by", "wanted_by", "status", "expires_at", "size")
    list_filter = ("way", "status")
    list_select_related = ("patient__member", "asked_by")
    search_fields = ("patient__number", "wanted_by")
    date_hierarchy = "created_at"
    may_add = False
    may_change = False
    actions = (step(delete_export, _("Delete the file now")),)
