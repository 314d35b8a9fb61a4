"""The app of the house itself: base models, commands, template tags."""

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """What every domain needs."""

    name = "clinic"
    label = "clinic"
