"""`manage.py load_medicines [folder]`: replaces the platform's lists of medicines by three files."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django_tenants.utils import schema_context

from records.terminology.loading import Changes, load
from records.terminology.models import Interaction, MedicineName, Substance

STARTER = settings.BASE_DIR / "records" / "terminology" / "data" / "medicines"


class Command(BaseCommand):
    """Loads substances.csv, names.csv and interactions.csv (docs/medicines.md), all of them or none."""

    help = "Replaces the platform's lists of medicines by the files of a folder, or by the starter set."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the files are, and whether to look only."""
        parser.add_argument("folder", nargs="?", type=Path, default=STARTER)
        parser.add_argument("--check", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """File by file, in one transaction."""
        with schema_context("public"), transaction.atomic():
            for model in (Substance, MedicineName, Interaction):
                self.load(model, options["folder"])
            transaction.set_rollback(options["check"])
        self.stdout.write("Nothing was stored." if options["check"] else "Stored.")

    def load(self, model: Any, folder: Path) -> None:
        """Load one file, and say what it changes."""
        path = folder / f"{model.SHAPE.name}.csv"
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        known = dict(Substance.objects.values_list("key", "kind")) if model is not Substance else {}
        self.tell(path, load(model, text, known))

    def tell(self, path: Path, changes: Changes) -> None:
        """What changed; or which lines are wrong, and then nothing does."""
        for wrong in changes.wrong:
            self.stderr.write(f"{path.name}: {wrong}")
        if changes.wrong:
            raise CommandError(f"{path.name}: {len(changes.wrong)} lines are wrong. Nothing was stored.")
        self.stdout.write(
            f"{path.name}: {len(changes.new)} new, {len(changes.changed)} changed, "
            f"{len(changes.gone)} gone, {changes.same} as before."
        )
