"""Measurements in the clinic's admin: to look up."""

from django.contrib import admin

from clinic.admin import clinic_site
from records.admin.base import RecordAdmin
from records.observations.models import Observation


@admin.register(Observation, site=clinic_site)
class ObservationAdmin(RecordAdmin):
    """Measurements, withdrawn ones too."""

    list_display = ("measured_at", "patient", "code", "value", "unit", "recorded_by", "entered_in_error_at")
    list_filter = ("code", "measured_at")
    list_select_related = ("patient__member", "recorded_by")
    search_fields = ("patient__member__given_name", "patient__member__family_name", "patient__number")
