"""`manage.py import_fhir <clinic> <files…>`: brings FHIR R4 into a clinic, as the page does."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import schema_context

from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.fhir import services, words
from clinic.fhir.files import Document
from clinic.jobs.tasks import entered
from clinic.models import Refusal
from clinic.moving.models import Status
from clinic.moving.services import bring_in, discard_import
from tenants.models import Organization


class Command(BaseCommand):
    """Looks at the files, says what they would do, and brings them in; all of it in one transaction."""

    help = "Brings FHIR R4 files (bundles, NDJSON, ZIPs, or folders of them) into a clinic."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, what, and in whose name."""
        parser.add_argument("clinic", help="the clinic's label")
        parser.add_argument("paths", nargs="+", type=Path)
        parser.add_argument(
            "--by", default="", help="e-mail of the administrator in whose name; else the first"
        )
        parser.add_argument(
            "--system", default="", help="what the other system is called, if it has no addresses"
        )
        parser.add_argument("--check", action="store_true", help="say what would happen, and store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """As the clinic's request would: its schema, its role, a named actor."""
        with schema_context("public"):
            found = Organization.objects.filter(label=options["clinic"]).values_list("schema_name", flat=True)
            schema = found.first()
        if schema is None:
            raise CommandError("There is no clinic with this label.")
        documents = [Document(path.name, path.read_bytes()) for path in _files(options["paths"])]
        with entered(schema, "command import_fhir"):
            try:
                self.bring(documents, options)
            except Refusal as refusal:
                raise CommandError(str(refusal.message)) from refusal

    def bring(self, documents: list[Document], options: dict[str, Any]) -> None:
        """Take in, look, bring in; and how long it took."""
        begun = time.monotonic()
        by = _administrator(options["by"])
        run = services.take_in(documents, by=by, system=options["system"], is_waited_for=True)
        for name, problem in run.format["problems"].items():
            self.stderr.write(f"{name}: {problem}")
        if options["check"]:
            self.tell(services.foreseen(run), time.monotonic() - begun)
            discard_import(run, by=by)
            return
        run = services.bring_in_bundles(run, by=by)
        if run.status == Status.RUNNING:
            run = bring_in(run)
        if run.status != Status.DONE:
            raise CommandError(run.problem)
        self.tell(run.counts, time.monotonic() - begun)

    def tell(self, summary: dict[str, Any], seconds: float) -> None:
        """A line for each kind, the reasons, and the time."""
        for line in words.lines(summary):
            self.stdout.write(
                f"{line.label!s:32} {line.created:6} new {line.here:6} here already "
                f"{line.changed:6} changed there {line.left_out:6} left out"
            )
        for reason in words.reasons(summary):
            self.stdout.write(f"  left out, {reason.label}: {reason.reason} ({reason.times})")
        self.stdout.write(f"{seconds:.1f} seconds")


def _files(paths: list[Path]) -> list[Path]:
    found = [each for path in paths for each in (sorted(path.iterdir()) if path.is_dir() else [path])]
    known = [path for path in found if path.suffix.lower() in (".json", ".ndjson", ".zip", ".gz")]
    if not known or not all(path.is_file() for path in known):
        raise CommandError("There is no such file.")
    return known


def _administrator(email: str) -> Member:
    admins = Member.objects.active().filter(role=Role.ADMIN).order_by("created_at")
    found = (admins.filter(user__email__iexact=email) if email else admins).first()
    if found is None:
        raise CommandError("There is no such administrator in this clinic.")
    return found
