"""Bundles for the tests of what is brought in, and how they are brought in."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.members.models import Member
from clinic.fhir import services
from clinic.fhir.files import Document
from clinic.moving.models import ImportRun
from clinic.moving.services import bring_in
from tests.accounts.members.factories import member_in

SYNTHEA = Path(settings.BASE_DIR).parent / "shared" / "data" / "fhir-r4-synthea"
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


def key(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def bundle(*resources: dict[str, Any], kind: str = "transaction") -> dict[str, Any]:
    entries = [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def a_patient(number: int = 1, **facts: Any) -> dict[str, Any]:
    name = [{"family": "Obi", "given": ["Ngozi"]}]
    return {"resourceType": "Patient", "id": key(number), "name": name, "birthDate": "1980-02-03", **facts}


def of_patient(kind: str, number: int, who: str = "subject", **facts: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": key(number), who: {"reference": f"urn:uuid:{key(1)}"}, **facts}


def a_value(number: int, code: str, value: float, unit: str, **facts: Any) -> dict[str, Any]:
    measured = {"value": value, "unit": unit, "code": unit, "system": UCUM}
    return of_patient(
        "Observation",
        number,
        **{
            "status": "final",
            "code": {"coding": [{"system": LOINC, "code": code}], "text": "Something"},
            "effectiveDateTime": "2020-01-02T03:04:05+00:00",
            "valueQuantity": measured,
            **facts,
        },
    )


def document(data: Any, name: str = "one.json") -> Document:
    return Document(name, data if isinstance(data, bytes) else json.dumps(data).encode())


def looked_at(*data: Any, by: Member | None = None, **facts: Any) -> ImportRun:
    documents = [document(each, f"{number}.json") for number, each in enumerate(data)]
    run = services.take_in(documents, by=by or member_in("admin"), **facts)
    return run if run.status == "previewed" else services.foresee(run)


def brought_in(run: ImportRun, **same: Any) -> ImportRun:
    run = services.bring_in_bundles(run, by=run.by, **same)
    run = bring_in(run) if run.status == "running" else run
    assert run.status == "done", run.problem
    return run


def synthea(count: int | None = None) -> list[Document]:
    """The invented patients of ../shared, those first whom others refer to."""
    if not SYNTHEA.is_dir():
        pytest.skip(f"There are no bundles in {SYNTHEA}.")
    files = sorted(SYNTHEA.glob("*.json"), key=lambda path: (path.name[0].isupper(), path.name))
    return [Document(path.name, path.read_bytes()) for path in files[:count]]
