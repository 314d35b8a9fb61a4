"""Series of visits in the admin: to read; their visits are booked and moved on the pages."""

from django.contrib import admin

from clinic.admin import ClinicAdmin, PartInline, clinic_site
from scheduling.models import Appointment, AppointmentSeries


class VisitsInline(PartInline):
    """The visits of the series."""

    model = Appointment
    fk_name = "series"
    fields = readonly_fields = ("starts_at", "doctor", "status")
    ordering = ("starts_at",)


@admin.register(AppointmentSeries, site=clinic_site)
class AppointmentSeriesAdmin(ClinicAdmin):
    """Series of visits."""

    list_display = ("created_at", "patient", "doctor", "every_weeks", "visits", "booked_by")
    list_select_related = ("patient__member", "doctor__member", "booked_by")
    search_fields = ("patient__number", "patient__member__search", "doctor__member__search")
    inlines = (VisitsInline,)
    may_add = False
    may_change = False
