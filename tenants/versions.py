"""Which migrations make a clinic's schema, and which schemas this code can serve.

A schema's version is the number of those migrations it has. Code serves a schema that has all of its own;
one that a later release has migrated further is served too, because a release only adds to what the one
before it needs and removes later (expand, then contract), so that migrating never stops the site.
"""

import hashlib
import inspect
from functools import cache
from importlib import import_module
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

Key = tuple[str, str]


def labels(installed: list[str]) -> set[str]:
    """The labels of the apps named in a setting (by module or by configuration class)."""
    found = set()
    for config in apps.get_app_configs():
        kind = type(config)
        if {config.name, f"{kind.__module__}.{kind.__name__}"} & set(installed):
            found.add(config.label)
    return found


def targets(loader: MigrationLoader, installed: list[str]) -> list[Key]:
    """The last migrations of the apps named in a setting."""
    own = labels(installed)
    return sorted(key for key in loader.graph.leaf_nodes() if key[0] in own)


@cache
def clinic_migrations() -> tuple[Key, ...]:
    """Every migration that a clinic's schema needs, in order."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ordered: dict[Key, None] = {}
    for target in targets(loader, settings.TENANT_APPS):
        ordered.update(dict.fromkeys(loader.graph.forwards_plan(target)))
    return tuple(ordered)


def needed() -> int:
    """The version of a schema that has all that this code needs."""
    return len(clinic_migrations())


def is_supported(version: int) -> bool:
    """Whether this code can serve a schema of that version."""
    return version >= needed()


@cache
def fingerprint() -> str:
    """Digest of the source of all that makes a clinic's schema; another digest, another schema."""
    digest = hashlib.sha256(f"django {django.__version__}".encode())
    for label, name in clinic_migrations():
        package, _explicit = MigrationLoader.migrations_module(label)
        digest.update(f"{label}.{name}".encode() + _source(f"{package}.{name}"))
    digest.update(_source("clinic.db.operations"))
    return digest.hexdigest()


def _source(module: str) -> bytes:
    return Path(inspect.getfile(import_module(module))).read_bytes()
