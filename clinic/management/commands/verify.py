"""`manage.py verify`: whether trails, rows, signatures and files are what was written, and money adds up."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import get_tenant_model, schema_context, tenant_context

from billing.books.models import BookEntry
from clinic.audit.chain import broken_entries, heads_written_down
from clinic.audit.models import AuditEvent
from clinic.audit.rows import altered_rows
from records.documents import storage
from records.models import Consultation
from tenants.backup.table import problems


class Command(BaseCommand):
    """Folds every chain again and names what does not hold."""

    help = "Checks trail, rows, signatures, files and money of every clinic; names what does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        """One clinic, or all."""
        parser.add_argument("--only", metavar="LABEL", help="only this clinic")

    def handle(self, *args: Any, **options: Any) -> None:
        """Clinic by clinic; ends with an error when anything does not hold."""
        with schema_context("public"):
            clinics = get_tenant_model().objects.set_up().order_by("label")
            found = list(clinics.filter(label=options["only"]) if options["only"] else clinics)
        if not found:
            raise CommandError("There is no such clinic.")
        broken = sum(self.verify(clinic) for clinic in found)
        if broken:
            raise CommandError(f"{broken} records do not hold: they are named above.")

    def verify(self, clinic: Any) -> int:
        """Check one clinic; how many of its records do not hold."""
        with tenant_context(clinic):
            found = list(self.problems())
            entries, signed = AuditEvent.objects.count(), Consultation.objects.signed().count()
            files, booked = storage.count(), BookEntry.objects.count()
        for problem in found:
            self.stdout.write(self.style.ERROR(f"{clinic.label}: {problem}"))
        if not found:
            held = f"{entries} entries of the trail, {signed} signatures and {files} files hold"
            self.stdout.write(f"{clinic.label}: {held}; money adds up with {booked} entries of the books.")
        return len(found)

    def problems(self) -> Iterator[str]:
        """What does not hold in this clinic, each with its key: the trail, then what the rooms say."""
        for entry in broken_entries(heads_written_down()):
            yield f"entry {entry.id} of the audit trail {entry.problem}."
        for row in altered_rows():
            yield f"{row.table} {row.row_id} {row.problem}: the trail says otherwise."
        yield from problems()
