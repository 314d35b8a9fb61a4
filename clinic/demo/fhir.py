"""The demo's records of another system: a patient has moved to the town and brings everything along."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from clinic.demo.scene import Scene, at
from clinic.fhir.codes import CVX, LOINC, UCUM
from clinic.fhir.files import Document
from clinic.fhir.services import bring_in_bundles, take_in
from clinic.moving.models import ImportRun

FORMER = "https://records.north-clinic.example/fhir"


def bring_records(scene: Scene, now: datetime) -> None:
    """Once: one file of a patient, looked at and brought in; and the next one, looked at only."""
    if ImportRun.objects.filter(kind="fhir").exists():
        return
    with at(now - timedelta(hours=3), scene.admin):
        run = take_in([_file("yusuf-bello.json", _moved(now))], by=scene.admin)
        bring_in_bundles(run, by=scene.admin)
        member = scene.guest.member
        name = [{"given": [member.given_name], "family": member.family_name}]
        again = {"resourceType": "Patient", "id": "4712", "name": name, "gender": scene.guest.gender}
        born = scene.guest.date_of_birth
        take_in(
            [_file("from-north-clinic.json", [{**again, "birthDate": str(born)} if born else again])],
            by=scene.admin,
        )


def _file(name: str, resources: list[dict[str, Any]]) -> Document:
    entries = [
        {"fullUrl": f"{FORMER}/{each['resourceType']}/{each['id']}", "resource": each} for each in resources
    ]
    return Document(
        name, json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
    )


def _moved(now: datetime) -> list[dict[str, Any]]:
    """Somebody with an illness, an allergy, a vaccination, a measurement and a finding."""
    patient = {"reference": "Patient/4711"}
    then = (now - timedelta(days=400)).replace(microsecond=0).isoformat()
    number = {"system": f"{FORMER}/numbers", "value": "N-4711"}
    return [
        {
            **_resource("Patient", "4711"),
            "identifier": [number],
            "name": [{"given": ["Yusuf"], "family": "Bello"}],
            "gender": "male",
            "birthDate": "1971-08-14",
            "telecom": [{"system": "email", "value": "yusuf.bello@people.example"}],
        },
        {
            **_resource("Condition"),
            "subject": patient,
            "code": {"text": "Type 2 diabetes"},
            "onsetDateTime": "2015-03-02",
        },
        {
            **_resource("AllergyIntolerance"),
            "patient": patient,
            "code": {"text": "Penicillin"},
            "reaction": [{"severity": "severe", "manifestation": [{"text": "Swelling of the face"}]}],
        },
        {
            **_resource("Immunization"),
            "status": "completed",
            "patient": patient,
            "vaccineCode": {"coding": [{"system": CVX, "code": "115"}], "text": "Tdap"},
            "occurrenceDateTime": then,
        },
        {**_observed("29463-7", "Weight", 81.5, "kg", then), "subject": patient},
        {**_observed("4548-4", "Hemoglobin A1c", 7.1, "%", then), "subject": patient},
    ]


def _observed(code: str, text: str, value: float, unit: str, when: str) -> dict[str, Any]:
    measured = {"value": value, "unit": unit, "code": unit, "system": UCUM}
    said = {"coding": [{"system": LOINC, "code": code}], "text": text}
    fixed = {"status": "final", "code": said, "effectiveDateTime": when, "valueQuantity": measured}
    return {**_resource("Observation"), **fixed}


def _resource(kind: str, key: str = "") -> dict[str, Any]:
    return {"resourceType": kind, "id": key or str(uuid.uuid4())}
