"""The app of what a clinic knows of medicines."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MedicinesConfig(AppConfig):
    """The clinic's own lists, and the check of a prescription against them."""

    name = "records.medicines"
    label = "medicines"
    verbose_name = _("medicines")
