"""Entries of a history to test with."""

import datetime
from typing import Any

from clinic.moving.models import ImportRun
from records.history.models import PastEncounter, PastMedication, Told
from tests.people import DoctorFactory, PatientFactory, StaffFactory

NEW_YEAR = datetime.datetime(2020, 1, 1, 9, tzinfo=datetime.UTC)


def running(**facts: Any) -> ImportRun:
    """An import that is being brought in."""
    told = {"kind": "fhir", "file_name": "b.json", "size": 1, "sha256": "0" * 64, **facts}
    run = ImportRun.objects.create(by=StaffFactory(role="admin"), **told)
    run.move("preview_import")
    return run.move("start_import", started_at=NEW_YEAR)


def told(model: type[Told], **facts: Any) -> Any:
    """An entry as an import brings it."""
    patient = facts.pop("patient", None) or PatientFactory()
    by = facts.pop("recorded_by", None) or DoctorFactory()
    base = {"happened_at": NEW_YEAR, "precision": "time", "source": "Norwood Hospital"}
    return model.objects.create(patient=patient, recorded_by=by, **{"title": "Something", **base, **facts})


def taken(patient: Any, medicine: str, **facts: Any) -> PastMedication:
    """A medicine that the patient takes by the word of another doctor."""
    return told(PastMedication, patient=patient, title=medicine, **{"reported_status": "active", **facts})


def visited(patient: Any) -> PastEncounter:
    """A visit to a hospital."""
    return told(PastEncounter, patient=patient, title="Check-up")
