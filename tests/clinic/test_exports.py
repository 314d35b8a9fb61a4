"""Asking for a copy of everything, and what becomes of it."""

import json
import zipfile
from typing import Any

import pytest

from accounts.members.roles import Role
from clinic.exports import services
from clinic.exports.models import Export, Status
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db
SEEN = {"wanted_by": "The patient", "identity_seen": "Passport"}


@pytest.fixture
def admin() -> Any:
    return with_login(StaffFactory(role=Role.ADMIN, email="admin@people.example"))


@pytest.fixture
def patient() -> Any:
    return PatientFactory(email="ada@people.example", given_name="Ada")


def made(export: Export) -> Export:
    """The export after the worker was there."""
    services.make_export(export.pk)
    return Export.objects.get(pk=export.pk)


def test_a_copy_is_made_by_a_job_and_its_manifest_names_every_part(patient: Any, admin: Any) -> None:
    export = made(services.ask_for_patient(patient, by=admin, **SEEN))
    assert export.status == Status.READY, export.problem
    with zipfile.ZipFile(export.path) as file:
        assert file.testzip() is None
        manifest = json.loads(file.read("manifest.json"))
        assert {*manifest["parts"], "manifest.json"} == set(file.namelist())
        assert file.read("record.pdf").startswith(b"%PDF")
    assert manifest["patient"]["number"] == patient.number
    assert export.size == export.path.stat().st_size
    assert not export.part.exists()
