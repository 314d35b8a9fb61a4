"""The outbox in both admins: what is stuck, and a person's decision about it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin, platform_site, step
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services import confirm_message, requeue_message, void_message


@admin.register(OutboxMessage, site=platform_site)
class OutboxMessageAdmin(ClinicAdmin):
    """Messages of this schema; read-only but for a person's decisions."""

    list_display = ("due_at", "kind", "recipient", "status", "attempts", "sent_at")
    list_filter = ("status", "kind", "channel")
    search_fields = ("recipient", "subject")
    date_hierarchy = "due_at"
    may_add = False
    may_change = False
    actions = (
        step(requeue_message, _("Send again")),
        step(confirm_message, _("It has arrived")),
        step(void_message, _("Withdraw")),
    )
