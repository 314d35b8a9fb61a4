"""`manage.py backup <clinic> [--to FILE] [--encrypt]`: a clinic in one file (docs/backup.md)."""

import getpass
import os
import warnings
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.models import Refusal
from tenants.backup.checking import check_backup, digest_of
from tenants.backup.container import sealing
from tenants.backup.making import in_short, make_backup
from tenants.models import Organization
from tenants.services.backups import backup_folder, new_name
from tenants.services.life import enter_in_trail

# The name of the environment's variable.
VARIABLE = "BACKUP_PASSWORD"


def asked_password(*, twice: bool) -> str:
    """From the environment, otherwise from the person at the terminal. Raises CommandError."""
    password = os.environ.get(VARIABLE) or getpass.getpass("Password of the backup: ")
    if not password:
        raise CommandError("A password is needed: at the prompt, or in BACKUP_PASSWORD.")
    if twice and VARIABLE not in os.environ and getpass.getpass("Once more: ") != password:
        raise CommandError("These were two passwords. Nothing was done.")
    return password


class Command(BaseCommand):
    """Makes a backup, reads it again, and says what is in it."""

    help = "Writes everything of one clinic into one file, and reads it again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which clinic, where to, and whether it is sealed."""
        parser.add_argument("clinic", help="the clinic's label")
        parser.add_argument("--to", type=Path, help="the file; by default one in BACKUP_DIR")
        parser.add_argument("--encrypt", action="store_true", help="seal it with a password")
        parser.add_argument(
            "--with-passwords", action="store_true", help="take the hashes of log-ins' passwords along"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Any warning is a failure: there is no half of a backup."""
        organization = Organization.objects.set_up().filter(label=options["clinic"]).first()
        if organization is None:
            raise CommandError(f"There is no clinic {options['clinic']}.")
        password = asked_password(twice=True) if options["encrypt"] else ""
        path = options["to"] or backup_folder() / new_name(organization)
        if path.exists():
            raise CommandError(f"{path} exists already.")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self.make(organization, path, password, with_passwords=options["with_passwords"])
        except (Refusal, OSError, Warning) as error:
            path.unlink(missing_ok=True)
            raise CommandError(str(error)) from error

    def make(self, organization: Organization, path: Path, password: str, *, with_passwords: bool) -> None:
        """Write, read again, and tell."""
        sealed = sealing(password) if password else None
        make_backup(organization, path, sealed=sealed, with_passwords=with_passwords)
        manifest = check_backup(path, password)
        enter_in_trail(organization, "ask_for_backup", None)
        self.stdout.write(f"{path}\n{summary(manifest)}\nSHA-256 {digest_of(path)}")


def summary(manifest: dict[str, Any]) -> str:
    """What is in a backup, in three lines."""
    sums = "; ".join(f"{name}: {answers}" for name, answers in manifest["sums"].items() if answers)
    return (
        f"{manifest['clinic']['name']} ({manifest['clinic']['label']}) as of {manifest['made_at']}\n"
        f"{in_short(manifest)['rows']} rows in {len(manifest['tables'])} tables, {manifest['files']} files, "
        f"trail up to entry {manifest['trail']['id']}\n{sums or 'nothing to add up'}"
    )
