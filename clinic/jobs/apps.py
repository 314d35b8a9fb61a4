"""The app of work that is done outside a request."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs, and when each was last done: on the platform as a whole, and in each clinic."""

    name = "clinic.jobs"
    label = "jobs"
    verbose_name = "jobs"
