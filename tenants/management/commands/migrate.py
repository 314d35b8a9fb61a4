"""`migrate`: the same as migrate_schemas, so that no habit can migrate half of the installation."""

from tenants.management.commands.migrate_schemas import Command as MigrateSchemas


class Command(MigrateSchemas):
    """Migrates the public schema and every clinic's."""
