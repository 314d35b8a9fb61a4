"""Schemas kept ready, and the script that makes one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity
from tenants.models.names import SCHEMA_NAME, generated_schema_name


class ReadySchema(Entity):
    """A migrated, empty schema waiting for the clinic that will claim it."""

    schema_name = models.CharField(_("schema"), max_length=63, unique=True, default=generated_schema_name)
    schema_version = models.PositiveIntegerField(_("schema version"))

    class Meta:
        verbose_name = _("schema kept ready")
        verbose_name_plural = _("schemas kept ready")
        ordering = ("created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=SCHEMA_NAME), name="ready_schema_name"
            ),
        )

    def __str__(self) -> str:
        return self.schema_name


class SchemaScript(models.Model):
    """The SQL that makes a clinic's schema, recorded while a template was migrated."""

    # Digest of the migrations it was recorded from: other migrations, other script.
    fingerprint = models.CharField(primary_key=True, max_length=64)
    statements = models.JSONField()
    migrations = models.JSONField()
    # What the template's catalog looked like (tenants.schemas.catalog_fingerprint).
    catalog = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("script of a clinic's schema")
        verbose_name_plural = _("scripts of a clinic's schema")

    def __str__(self) -> str:
        return self.fingerprint
