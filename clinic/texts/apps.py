"""The app of a clinic's own words."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TextsConfig(AppConfig):
    """Texts of messages, each in its versions."""

    name = "clinic.texts"
    label = "texts"
    verbose_name = _("texts of messages")
