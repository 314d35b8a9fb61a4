"""What agents did, in the clinic's admin: to read."""

from django.contrib import admin

from clinic.admin import ClinicAdmin, clinic_site
from scheduling.models import Assistance


@admin.register(Assistance, site=clinic_site)
class AssistanceAdmin(ClinicAdmin):
    """Lines of the agents' log; they stay as they were written."""

    list_display = ("happened_at", "agent", "patient", "kind", "note")
    list_filter = ("kind", "happened_at")
    list_select_related = ("agent__member", "patient__member")
    search_fields = ("patient__number", "patient__member__search", "agent__member__search")
    may_add = False
    may_change = False
