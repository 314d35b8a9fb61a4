"""The app of forms that count once."""

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    """Keys of forms already sent."""

    name = "clinic.idempotency"
    label = "idempotency"
    verbose_name = "forms sent"
