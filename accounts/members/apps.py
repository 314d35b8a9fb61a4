"""The app of a clinic's people."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """People of one clinic."""

    name = "accounts.members"
    label = "members"
    verbose_name = "people"
