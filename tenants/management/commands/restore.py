"""`manage.py restore FILE --as-new LABEL | --in-place LABEL`: a backup becomes a clinic again."""

import warnings
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.models import Refusal
from tenants.backup.container import is_sealed
from tenants.backup.restoring import read_erasures
from tenants.management.commands.backup import asked_password
from tenants.models import Organization
from tenants.services.backups import prepare_restore, restore_now


class Command(BaseCommand):
    """Restores wholly or not at all."""

    help = "Restores a backup as a new clinic, or in place of what a clinic holds now."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whereto."""
        parser.add_argument("file", type=Path)
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--as-new", metavar="LABEL", default="", help="the address of the new clinic")
        where.add_argument("--in-place", metavar="LABEL", default="", help="the clinic whose place it takes")
        parser.add_argument(
            "--erasures", type=Path, help="erasures made elsewhere since (JSON: patient, what, at)"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask whether to go on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Any warning is a failure: then nothing was changed."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self.restore(**options)
        except (Refusal, Warning) as error:
            raise CommandError(str(error)) from error

    def restore(self, file: Path, as_new: str, in_place: str, erasures: Path | None, **options: Any) -> None:
        """Find the clinic, ask, restore, tell."""
        clinic = Organization.objects.filter(label=in_place).first() if in_place else None
        if in_place and clinic is None:
            raise CommandError(f"There is no clinic {in_place}.")
        if (
            clinic
            and not options["yes"]
            and input(f"Type the clinic's name ({clinic.name}): ") != clinic.name
        ):
            raise CommandError("Nothing was restored.")
        password = asked_password(twice=False) if is_sealed(file) else ""
        told = read_erasures(erasures.read_text()) if erasures else []
        row = prepare_restore(by="", file_name=str(file), label=as_new, organization=clinic)
        found = restore_now(row, file, password=password, erasures=told)
        row.refresh_from_db()
        self.stdout.write(
            f"{found.name} at {found.url()}: {row.report['rows']} rows, {row.report['files']} files."
        )
        if row.kept_schema:
            self.stdout.write(f"What it held before is kept as {row.kept_schema} until a superuser drops it.")
        else:
            self.stdout.write("It is suspended: reopen it in the platform's administration when it may work.")
