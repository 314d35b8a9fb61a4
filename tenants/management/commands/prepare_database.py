"""`prepare_database`: the roles of the database and what they may do."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections, transaction
from psycopg import errors

from clinic.db import roles
from tenants.schemas import OWNER, owner_in

# Another database of the same server may be prepared at the same time, and roles belong to all of them.
CROSSED = (errors.DuplicateObject, errors.UniqueViolation, errors.InternalError_)


class Command(BaseCommand):
    """May be run at any time, again and again."""

    help = "Creates the site's login and the clinics' group, the cache table, and sets what each may do."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare the database; what cannot be done ends in one sentence."""
        try:
            with owner_in("public"):
                self._create_roles()
                call_command("createcachetable", database=OWNER, verbosity=0)
                with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
                    roles.keep_rows_apart(cursor)
                    roles.grant_public(cursor)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 1:
            self.stdout.write("The database's roles and privileges are in place.")

    def _create_roles(self) -> None:
        for attempt in range(3):
            try:
                with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
                    roles.prepare_roles(cursor)
            except DatabaseError as error:
                if attempt == 2 or not isinstance(error.__cause__, CROSSED):
                    raise
            else:
                return
