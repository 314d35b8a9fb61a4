"""The outbox in both admins: what is stuck, and a person's decision about it."""

from typing import Any

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
    exclude = ("body",)
    readonly_fields = ("says",)
    may_add = False
    may_change = False
    actions = (
        step(requeue_message, _("Send again")),
        step(confirm_message, _("It has arrived")),
        step(void_message, _("Withdraw")),
    )

    @admin.display(description=_("text"))
    def says(self, message: OutboxMessage) -> Any:
        """What it says; a link that lets somebody in is its reader's alone."""
        return _("Only its reader sees what it says.") if message.is_secret else message.body
