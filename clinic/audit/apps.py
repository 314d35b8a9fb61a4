"""The app of the audit trail."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Audit trail of one clinic."""

    name = "clinic.audit"
    label = "audit"
    verbose_name = "audit trail"
    default_auto_field = "django.db.models.BigAutoField"
