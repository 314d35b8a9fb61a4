"""The FHIR part of a copy: a patient's bundle, or the clinic's resources by type and by patient."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from clinic.exports.archive import Archive
from clinic.exports.rows import CHUNK, all_of, objects, patient_model, sensitive_keys
from clinic.exports.table import Given
from clinic.fhir.table import Resource, Writer, writers
from clinic.fhir.writing import bundle_of, resources_of


def write_fhir(archive: Archive, given: Given) -> dict[str, int]:
    """Write the FHIR part; how many resources of each type it has."""
    if given.is_whole:
        counts = _lines(archive)
        for patient in objects(all_of(patient_model())):
            archive.document(f"fhir/patients/{patient.number}.json", bundle_of(patient))
        return counts
    bundle = given_bundle(given)
    archive.document("fhir/bundle.json", bundle)
    return dict(sorted(Counter(each["resource"]["resourceType"] for each in bundle["entry"]).items()))


def given_bundle(given: Given) -> Resource:
    """The patient's bundle without what the patient is not shown."""
    bundle = bundle_of(given.patient)
    hidden = {str(key) for key in sensitive_keys(given)}
    entries = [each for each in bundle["entry"] if each["resource"]["id"] not in hidden]
    return {**bundle, "entry": entries}


def _lines(archive: Archive) -> dict[str, int]:
    """Every resource of the clinic: NDJSON (https://github.com/ndjson/ndjson-spec), a part for each type."""
    counts: dict[str, int] = {}
    ordered = sorted(writers(), key=lambda writer: writer.kind)
    for kind, each in groupby(ordered, key=lambda writer: writer.kind):
        counts[kind] = archive.lines(f"fhir/{kind}.ndjson", _written(each))
    return counts


def _written(kinds: Iterable[Writer]) -> Iterator[str]:
    for writer in kinds:
        for page in _pages(writer):
            for resource in resources_of(page):
                yield json.dumps(resource, ensure_ascii=False)


def _pages(writer: Writer) -> Iterator[Any]:
    """The writer's rows in pieces: what it looks at of each is loaded with the piece."""
    rows = writer.rows()
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        yield rows.filter(pk__in=keys[start : start + CHUNK])
