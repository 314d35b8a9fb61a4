"""The outbox in both admins: what is stuck, and a person's decision about it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin, clinic_site, platform_site
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services import requeue_message, void_message


@admin.register(OutboxMessage, site=clinic_site)
@admin.register(OutboxMessage, site=platform_site)
class OutboxMessageAdmin(ClinicAdmin):
    """Messages of this schema; read-only but for the two decisions."""

    list_display = ("due_at", "kind", "recipient", "status", "attempts", "sent_at")
    list_filter = ("status", "kind", "channel")
    search_fields = ("recipient", "subject")
    date_hierarchy = "due_at"
    may_add = False
    may_change = False
    actions = ("requeue", "void")

    @admin.action(description=_("Send again"))
    def requeue(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        """Decide that these are to be sent again."""
        self.run_service(request, queryset, requeue_message)

    @admin.action(description=_("Withdraw"))
    def void(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        """Decide that these are no longer needed."""
        self.run_service(request, queryset, void_message)
