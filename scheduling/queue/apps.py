"""The app of the walk-in queue."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QueueConfig(AppConfig):
    """Departments and the people who wait before them without an appointment."""

    name = "scheduling.queue"
    label = "queue"
    verbose_name = _("walk-in queue")
