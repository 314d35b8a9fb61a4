"""`migrate_schemas`: brings the public schema and every clinic's up to date."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.exceptions import InconsistentMigrationHistory

from tenants import migrator, schemas


class Command(BaseCommand):
    """Runs as the owner. A clinic that fails is named at the end and stops no other; run again to resume."""

    help = "Migrates the public schema, then every clinic's schema and the schemas kept ready."
    requires_system_checks = ()
    # Django's checks compare it with makemigrations' own.
    autodetector = MigrationAutodetector

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What Django's own `migrate` is called with is understood where it makes sense here."""
        parser.add_argument("app_label", nargs="?")
        parser.add_argument("migration_name", nargs="?")
        parser.add_argument(
            "--check", action="store_true", help="Only say whether anything is to be migrated."
        )
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive")
        parser.add_argument("--database", default=schemas.OWNER)
        parser.add_argument("--run-syncdb", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, and end with a summary; exit code 1 when a clinic failed."""
        if options["app_label"]:
            raise CommandError("Clinics are migrated together and only forwards: leave out the app.")
        try:
            if options["check"]:
                self._check()
            else:
                self._migrate(options["verbosity"])
        except (ImproperlyConfigured, InconsistentMigrationHistory) as error:
            raise CommandError(str(error)) from error

    def _migrate(self, verbosity: int) -> None:
        say = self.stdout.write if verbosity else lambda line: None
        connection = connections[schemas.OWNER]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [schemas.LOCK])
        try:
            count = migrator.migrate_public()
            call_command("prepare_database", verbosity=verbosity)
            if count:
                say(f"Public schema: {count} migrations.")
                emit_post_migrate_signal(verbosity=0, interactive=False, db=schemas.OWNER)
            schemas.current_script()
            outcome = migrator.migrate_clinics(say=say)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [schemas.LOCK])
        migrated, failed = len(outcome.migrated), len(outcome.failed)
        say(f"Clinics: {migrated} migrated, {outcome.unchanged} up to date, {failed} failed.")
        if outcome.failed:
            named = "\n".join(f"  {schema}: {error}" for schema, error in sorted(outcome.failed.items()))
            raise CommandError(
                f"These clinics could not be migrated and are not served until they are:\n{named}"
            )

    def _check(self) -> None:
        with schemas.owner_in("public") as connection:
            lacking = ["public"] if migrator.public_plan(connection)[1] else migrator.pending_clinics()
        if lacking:
            raise CommandError(f"To be migrated: {', '.join(lacking)}")
