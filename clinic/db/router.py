"""Which app's tables belong into which schema."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django_tenants.routers import TenantSyncRouter


class SchemaRouter(TenantSyncRouter):
    """Shared apps in `public`, tenant apps in a clinic's schema, whoever is connected."""

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool | None:
        """Whether `app_label` has tables in the schema that the connection `db` is set to."""
        if app_label == "django_cache":
            return True
        connection: Any = connections[db]
        shared = connection.schema_name == "public"
        app = apps.get_app_config(app_label)
        names = {app.name, f"{type(app).__module__}.{type(app).__name__}"}
        installed = settings.SHARED_APPS if shared else settings.TENANT_APPS
        return None if names & set(installed) else False
