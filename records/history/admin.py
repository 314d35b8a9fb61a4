"""What was done elsewhere in the clinic's admin: to look up, never to write."""

from typing import Any

from django.contrib import admin

from clinic.admin import ClinicAdmin, PartInline, clinic_site
from records.admin.base import RecordAdmin
from records.history.kinds import KINDS
from records.history.models import DiagnosticReport, OutsideOrganization, OutsidePractitioner, ReportResult


class ToldAdmin(RecordAdmin):
    """One kind of entry."""

    list_display = ("title", "patient", "happened_at", "reported_status", "source")
    list_filter = ("reported_status", "happened_at")
    list_select_related = ("patient__member",)
    search_fields = (
        "title",
        "patient__member__given_name",
        "patient__member__family_name",
        "patient__number",
    )


class ResultInline(PartInline):
    """The results of a report."""

    model = ReportResult
    fields = readonly_fields = ("position", "measurement", "result")


class ReportAdmin(ToldAdmin):
    """Reports with their results."""

    inlines = (ResultInline,)


class ElsewhereAdmin(ClinicAdmin):
    """Hospitals and doctors elsewhere: as they were told."""

    may_add = False
    may_change = False
    list_display: Any = ("__str__", "phone", "city", "country")


@admin.register(OutsideOrganization, site=clinic_site)
class OutsideOrganizationAdmin(ElsewhereAdmin):
    """Hospitals, practices, laboratories."""

    search_fields = ("name", "city")


@admin.register(OutsidePractitioner, site=clinic_site)
class OutsidePractitionerAdmin(ElsewhereAdmin):
    """Doctors elsewhere."""

    search_fields = ("given_name", "family_name", "number")


for kind in KINDS.values():
    clinic_site.register(kind.model, ReportAdmin if kind.model is DiagnosticReport else ToldAdmin)
