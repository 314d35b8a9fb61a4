"""The app of what members are told within the site."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Inbox of each member of a clinic."""

    name = "clinic.inbox"
    label = "inbox"
    verbose_name = "notifications"
