"""The same site on three backends: ours, django-tenants' own, and plain Django without tenants at all."""

import importlib
from typing import Any

from django.conf import settings


def configure(variant: str, schema: str) -> None:
    """Set up Django as the site has it, but for what makes up the variant; pages see no difference."""
    site = importlib.import_module("clinic.settings")
    facts = {name: getattr(site, name) for name in dir(site) if name.isupper()}
    settings.configure(**facts | {"ROOT_URLCONF": "clinic.bench.urls"} | VARIANTS[variant](facts, schema))


def _ours(facts: dict[str, Any], schema: str) -> dict[str, Any]:
    return {}


def _stock(facts: dict[str, Any], schema: str) -> dict[str, Any]:
    """django-tenants' backend, as the owner: it takes on no role."""
    return {"DATABASES": facts["DATABASES"] | {"default": facts["DATABASES"]["owner"]}}


def _plain(facts: dict[str, Any], schema: str) -> dict[str, Any]:
    """Django's own backend on the same tables, which are all there is for it: no tenants, no router."""
    owner = facts["DATABASES"]["owner"]
    options = owner["OPTIONS"] | {"options": f"-c search_path={schema},public"}
    database = owner | {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options}
    middleware = {"tenants.middleware.TenantMiddleware": "clinic.bench.plain.OneClinicMiddleware"}
    return {
        "DATABASES": {"default": database},
        "DATABASE_ROUTERS": [],
        "INSTALLED_APPS": [app for app in facts["INSTALLED_APPS"] if app != "django_tenants"],
        "MIDDLEWARE": [middleware.get(name, name) for name in facts["MIDDLEWARE"]],
    }


VARIANTS = {"ours": _ours, "stock": _stock, "plain": _plain}
