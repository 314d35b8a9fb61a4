"""The outbox in a clinic's admin: messages go again to where their readers are reached now."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic.admin import clinic_site, step
from clinic.notifications.admin import OutboxMessageAdmin
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services import confirm_message, void_message
from scheduling.services import requeue_message


@admin.register(OutboxMessage, site=clinic_site)
class ClinicOutboxAdmin(OutboxMessageAdmin):
    """Messages of this clinic."""

    actions = (
        step(requeue_message, _("Send again")),
        step(confirm_message, _("It has arrived")),
        step(void_message, _("Withdraw")),
    )
