"""The app of everything that is sent."""

from django.apps import AppConfig
from django.core.checks import register


class NotificationsConfig(AppConfig):
    """Outbox of a schema: the platform has one as well as each clinic."""

    name = "clinic.notifications"
    label = "notifications"
    verbose_name = "messages"

    def ready(self) -> None:
        """Let `manage.py check` look at the ways by which messages leave."""
        from clinic.notifications import checks

        register(checks.sms_url_is_understood, "messages")
        register(checks.messages_leave_this_machine, "messages", deploy=True)
