"""The app of the people who log in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Log-ins of the whole installation."""

    name = "accounts"
    verbose_name = "accounts"
