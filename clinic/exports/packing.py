"""Preparing a copy: tables, FHIR, files, for a patient also the readable record, and the manifest."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from clinic.db.current import connection
from clinic.exports.archive import Archive, fingerprint
from clinic.exports.models import Export
from clinic.exports.resources import write_fhir
from clinic.exports.rows import (
    Pointers,
    all_of,
    columns_of,
    held_back,
    member_model,
    patient_model,
    read,
    rows_of,
    tables,
)
from clinic.exports.sheet import record_sheet
from clinic.exports.table import Given, all_files
from clinic.languages import speaking

FORMAT = 1
# What of somebody who works here stands in a patient's copy.
OF_PEOPLE = ("id", "role", "given_name", "family_name")


class Packed(NamedTuple):
    """What came of it."""

    size: int
    sha256: str
    counts: dict[str, Any]


def pack(export: Export) -> Packed:
    """Write the copy to `export.part`, as everything was at one moment; what it holds."""
    with one_moment():
        given = Given(_patient(export), export.with_sensitive)
        with Archive(export.part) as archive:
            facts = _facts(export, given)
            counts = _Packing(archive, given).all()
            archive.text("README.txt", _readme(export, given, counts))
            archive.seal({**facts, "counts": counts})
    return Packed(export.part.stat().st_size, fingerprint(export.part), counts)


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read within the block is as it was when it began (unless a transaction runs already)."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _patient(export: Export) -> Any:
    if export.patient_id is None:
        return None
    return all_of(patient_model()).select_related("member").get(pk=export.patient_id)


def _facts(export: Export, given: Given) -> dict[str, Any]:
    clinic = connection.tenant
    return {
        "format": FORMAT,
        "clinic": {"name": clinic.name, "label": clinic.label, "time_zone": clinic.time_zone},
        "currency": clinic.currency,
        "patient": None if given.is_whole else {"id": given.patient.pk, "number": given.patient.number},
        "made_at": timezone.now(),
        "export": export.pk,
    }


def _readme(export: Export, given: Given, counts: dict[str, Any]) -> str:
    context = {"export": export, "given": given, "counts": counts, "clinic": connection.tenant}
    with speaking("" if given.is_whole else given.patient.language):
        return render_to_string("exports/readme.txt", {**context, "made_at": timezone.now()})


class _Packing:
    """The parts of one copy, one after the other."""

    def __init__(self, archive: Archive, given: Given) -> None:
        self.archive, self.given, self.pointers = archive, given, Pointers()
        self.missing: list[str] = []

    def all(self) -> dict[str, Any]:
        """Write every part but the manifest; how much there is of each kind."""
        rows = self.tables()
        counts = {
            "tables": rows,
            "rows": sum(rows.values()),
            "fhir": write_fhir(self.archive, self.given),
            "files": self.files(),
            "missing_files": self.missing,
            "held_back": held_back(self.given),
        }
        if not self.given.is_whole:
            self.archive.content("record.pdf", record_sheet(self.given))
        return counts

    def tables(self) -> dict[str, int]:
        """The rows of each table that has any."""
        counts = {}
        for model in tables():
            found = rows_of(model, self.given)
            if found is not None and (count := self._table(model, found)):
                counts[model._meta.db_table] = count
        if not self.given.is_whole:
            counts |= self._pointed()
        return counts

    def _table(self, model: type[models.Model], found: models.QuerySet) -> int:
        columns = columns_of(model)
        if not self.given.is_whole and not found.exists():
            return 0
        return self.archive.table(
            f"tables/{model._meta.db_table}.csv", columns, self._noted(model, columns, found)
        )

    def _noted(
        self, model: type[models.Model], columns: tuple[str, ...], found: models.QuerySet
    ) -> Iterator[tuple[Any, ...]]:
        for row in read(found, columns):
            if not self.given.is_whole:
                self.pointers.note(model, dict(zip(columns, row, strict=True)))
            yield row

    def _pointed(self) -> dict[str, int]:
        """What the patient's rows point to, and the names of those who work here."""
        counts: dict[str, int] = {}
        while (asked := self.pointers.next()) is not None:
            model, keys = asked
            name = model._meta.db_table
            # Asked for again by what came later: its rows are beside the first ones.
            place = f"{name}_{counts[name]}" if name in counts else name
            found = all_of(model).filter(pk__in=keys)
            rows = self._noted(model, columns_of(model), found)
            counts[place] = self.archive.table(f"tables/{place}.csv", columns_of(model), rows)
        staff: Any = member_model()
        people = staff.objects.staff().filter(pk__in=self.pointers.people)
        if people.exists():
            counts["people"] = self.archive.table("tables/people.csv", OF_PEOPLE, read(people, OF_PEOPLE))
        return counts

    def files(self) -> int:
        """Every file, named as its rows name it; one that is gone or altered is named in the manifest."""
        count = 0
        for file in all_files(self.given):
            try:
                with file.open() as source:
                    self.archive.copied(f"files/{file.name}", source)
            except OSError:
                self.missing.append(file.name)
            else:
                count += 1
        return count
