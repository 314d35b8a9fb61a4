"""The app's own first migration."""

from importlib import import_module

Migration = import_module("clinic.idempotency.migrations.0001_initial").Migration
