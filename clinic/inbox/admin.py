"""Who was told what, in the clinic's admin: searchable, never changed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin, clinic_site
from clinic.inbox.lines import sentence
from clinic.inbox.models import Notification


@admin.register(Notification, site=clinic_site)
class NotificationAdmin(ClinicAdmin):
    """Notifications of all members."""

    list_display = ("created_at", "member", "told", "read_at")
    list_filter = ("kind", ("read_at", admin.EmptyFieldListFilter))
    list_select_related = ("member",)
    search_fields = ("=member__id", "=about_id")
    date_hierarchy = "created_at"
    may_add = False
    may_change = False

    @admin.display(description=_("what was told"))
    def told(self, notification: Notification) -> str:
        """The sentence as the reader sees it."""
        return sentence(notification)
