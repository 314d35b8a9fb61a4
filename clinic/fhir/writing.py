"""Giving out: records as FHIR R4 resources, a patient's as one bundle, a clinic's as streams."""

import datetime
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.functional import Promise

from clinic.fhir.table import Resource, Writer, writer_of, writers

# So many records that others refer to are loaded by one statement.
AT_ONCE = 500


class Writing:
    """What is being given out, as a writer knows it: how to refer to another record.

    In a bundle references are `urn:uuid:`, and what is referred to comes along; in streams `Type/id`.
    """

    def __init__(self, *, bundled: bool) -> None:
        self.bundled = bundled
        self._written: set[uuid.UUID] = set()
        self._wanted: dict[Writer, dict[uuid.UUID, None]] = {}

    def reference(self, record: models.Model | None, display: Any = "") -> Resource | None:
        """A reference to a record that has a writer; None to nothing."""
        if record is None:
            return None
        return self.reference_to(type(record), record.pk, display)

    def reference_to(
        self, model: type[models.Model], key: uuid.UUID | None, display: Any = ""
    ) -> Resource | None:
        """A reference to the record of `model` with this key; None to nothing.

        What is written nowhere is referred to by its `display` alone.
        """
        if key is None:
            return None
        writer = writer_of(model)
        if writer is None:
            return {"display": display}
        if key not in self._written:
            self._wanted.setdefault(writer, {})[key] = None
        place = f"urn:uuid:{key}" if self.bundled else f"{writer.kind}/{key}"
        return {"reference": place, "type": writer.kind, "display": display}

    def entries(self, writer: Writer, rows: models.QuerySet) -> Iterator[Resource]:
        """The resources of `rows`, tidy; what the writer has no words for is passed over."""
        for record in rows.iterator(chunk_size=AT_ONCE):
            if record.pk in self._written:
                continue
            self._written.add(record.pk)
            written = writer.write(record, self)
            head = {"resourceType": writer.kind, "id": str(record.pk)}
            for resource in [written] if isinstance(written, dict) else written or ():
                yield tidy({**head, **resource})

    def referred(self) -> Iterator[Resource]:
        """What was referred to and is not written yet, and what that refers to."""
        while self._wanted:
            writer, keys = self._wanted.popitem()
            missing = [key for key in keys if key not in self._written]
            for start in range(0, len(missing), AT_ONCE):
                rows = writer.rows().filter(pk__in=missing[start : start + AT_ONCE])
                yield from self.entries(writer, rows)


def bundle_of(patient: models.Model) -> Resource:
    """Everything that is mapped of one patient: a Bundle of the type collection, complete in itself."""
    writing = Writing(bundled=True)
    found: list[Resource] = []
    # The patient first, as people look for it.
    for writer in sorted(writers(), key=lambda each: each.patient != "pk"):
        if writer.patient is not None:
            rows = writer.rows().filter(**{writer.patient: patient.pk})
            found += writing.entries(writer, rows)
    found += writing.referred()
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": timezone.now().isoformat(),
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in found],
    }


def resources_of(rows: models.QuerySet) -> Iterator[Resource]:
    """Each of `rows` as a resource that refers to others by `Type/id`, for NDJSON.

    `rows` are the writer's own (`writer.rows()`), or some of them.
    """
    writer = writer_of(rows.model)
    if writer is not None:
        yield from Writing(bundled=False).entries(writer, rows)


def tidy(value: Any) -> Any:
    """`value` as FHIR's JSON has it: nothing empty, dates and numbers as they are written there.

    FHIR R4, json.html: an object or an array is never empty, a property never null.
    """
    if isinstance(value, dict):
        pairs = ((name, tidy(each)) for name, each in value.items())
        return {name: each for name, each in pairs if not is_empty(each)}
    if isinstance(value, list | tuple):
        return [each for each in map(tidy, value) if not is_empty(each)]
    return _written(value)


def is_empty(value: Any) -> bool:
    """Whether FHIR's JSON leaves this out."""
    return value is None or value in ("", [], {})


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return force_str(value) if isinstance(value, Promise | uuid.UUID) else value
