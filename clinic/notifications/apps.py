"""The app of everything that is sent."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Outbox of a schema: the platform has one as well as each clinic."""

    name = "clinic.notifications"
    label = "notifications"
    verbose_name = "messages"
