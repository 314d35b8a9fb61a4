"""`manage.py verify_backup FILE`: whether a backup is whole, and can be restored here."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.models import Refusal
from tenants.backup.checking import check_backup, lacking
from tenants.backup.container import is_sealed
from tenants.management.commands.backup import asked_password, summary


class Command(BaseCommand):
    """Reads a whole backup without restoring anything."""

    help = "Reads a whole backup and says whether it is what was written."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with an error for anything that is not as the manifest says."""
        try:
            password = asked_password(twice=False) if is_sealed(options["file"]) else ""
            manifest = check_backup(options["file"], password)
            behind = lacking(manifest)
        except Refusal as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(summary(manifest))
        if behind:
            self.stdout.write(f"Made by an earlier release: {behind} migrations follow when it is restored.")
        self.stdout.write("Whole.")
