"""Calendar addresses in the admin: who has one; revoked there, never shown."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin, clinic_site, step
from scheduling import services
from scheduling.models import CalendarFeed


@admin.register(CalendarFeed, site=clinic_site)
class CalendarFeedAdmin(ClinicAdmin):
    """Feeds: made by their owners, each for oneself."""

    list_display = ("member", "created_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("member",)
    search_fields = ("member__search",)
    fields = ("member", "created_at", "revoked_at")
    may_add = False
    may_change = False
    actions = ("revoke_feed",)

    revoke_feed = step(services.revoke_feed, _("Revoke the address"))
