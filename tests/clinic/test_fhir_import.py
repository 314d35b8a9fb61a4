"""Bundles of another system are looked at, brought in once, and taken back."""

import copy
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.members.models import Allergy, Condition, Member, PatientProfile
from clinic.fhir import services
from clinic.fhir.files import Document, Unreadable, documents_of, entries_of, pack
from clinic.fhir.writing import bundle_of
from clinic.models import Refusal
from clinic.moving.models import ImportedRecord, ImportRun
from clinic.moving.services import undo_import
from records.observations.models import Observation
from tests.accounts.members.factories import member_in
from tests.people import PatientFactory

pytestmark = pytest.mark.django_db
SYNTHEA = Path(settings.BASE_DIR).parent / "shared" / "data" / "fhir-r4-synthea"
LONGEST_SENTENCE = 200


def bundle(*resources: dict[str, Any], kind: str = "transaction") -> dict[str, Any]:
    entries = [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def key(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def a_patient(number: int = 1, **facts: Any) -> dict[str, Any]:
    name = [{"family": "Obi", "given": ["Ngozi"]}]
    return {"resourceType": "Patient", "id": key(number), "name": name, "birthDate": "1980-02-03", **facts}


def of_patient(kind: str, number: int, who: str = "subject", **facts: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": key(number), who: {"reference": f"urn:uuid:{key(1)}"}, **facts}


def an_observation(number: int, code: str, value: float, unit: str, **facts: Any) -> dict[str, Any]:
    return of_patient(
        "Observation",
        number,
        status="final",
        code={"coding": [{"system": "http://loinc.org", "code": code}]},
        effectiveDateTime="2020-01-02T03:04:05+00:00",
        valueQuantity={"value": value, "unit": unit, "code": unit, "system": "http://unitsofmeasure.org"},
        **facts,
    )


def document(data: Any, name: str = "one.json") -> Document:
    return Document(name, data if isinstance(data, bytes) else json.dumps(data).encode())


def looked_at(*data: Any, by: Member | None = None, **facts: Any) -> ImportRun:
    by = by or member_in("admin")
    documents = [document(each, f"{number}.json") for number, each in enumerate(data)]
    run = services.take_in(documents, by=by, **facts)
    return run if run.status == "previewed" else services.foresee(run)


def brought_in(*data: Any, **facts: Any) -> ImportRun:
    run = looked_at(*data, **facts)
    run = services.bring_in_bundles(run, by=run.by)
    if run.status == "running":
        from clinic.moving.services import bring_in

        run = bring_in(run)
    assert run.status == "done", run.problem
    return run


def synthea(count: int | None = None) -> list[Document]:
    if not SYNTHEA.is_dir():
        pytest.skip(f"There are no bundles in {SYNTHEA}.")
    files = sorted(SYNTHEA.glob("*.json"), key=lambda path: (path.name[0].isupper(), path.name))
    return [Document(path.name, path.read_bytes()) for path in files[:count]]


def every_row() -> dict[str, list[Any]]:
    """Every row of every table of the clinic, with the transaction that wrote it last; not the imports."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            cursor.execute("SELECT to_regclass(%s)", [f"{connection.schema_name}.{table}"])
            if cursor.fetchone()[0] is None or table in ("moving_importrun", "audit_auditevent"):
                continue
            cursor.execute(f'SELECT ctid::text, xmin::text FROM "{table}" ORDER BY 1')
            found[table] = cursor.fetchall()
    return found


def counts() -> dict[str, int]:
    return {table: len(rows) for table, rows in every_row().items()}


def test_bundles_are_brought_in_once_and_taken_back(is_long: bool) -> None:
    """Three patients with what they refer to; all 27 with --long."""
    documents = synthea(None if is_long else 5)
    by = member_in("admin")
    before = counts()
    run = services.take_in(documents, by=by)
    assert run.status == "uploaded"
    run = services.foresee(run)
    assert counts() == before
    foreseen = services.foreseen(run)
    assert foreseen["types"]["Patient"] == {"created": 27 if is_long else 3}
    from clinic.moving.services import bring_in

    run = bring_in(services.bring_in_bundles(run, by=by))
    assert run.status == "done", run.problem
    assert run.counts["types"] == foreseen["types"]
    assert PatientProfile.objects.count() >= len(documents) - 2
    stored = every_row()

    again = services.foresee(services.take_in(documents, by=by))
    again = bring_in(services.bring_in_bundles(again, by=by))
    assert every_row() == stored
    news = {kind: each for kind, each in again.counts["types"].items() if set(each) - {"unchanged", "left_out"}}
    assert news == {}

    undo_import(run, by=by)
    after = counts()
    assert {table: (before[table], after[table]) for table in before if before[table] != after[table]} == {
        "members_patientseries": (0, 1)
    } or before == after


def test_left_out_is_counted_and_named() -> None:
    run = looked_at(bundle(a_patient(maritalStatus={"text": "M"}), of_patient("CarePlan", 2)))
    seen = services.foreseen(run)
    assert ["Patient", "maritalStatus", 1] in seen["elements"]
    assert seen["types"]["CarePlan"] == {"left_out": 1}
    assert seen["reasons"] == [["CarePlan", "Nothing here holds this.", 1]] or "CarePlan" in str(seen["reasons"])
