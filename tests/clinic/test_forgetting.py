"""The rules of erasing: what stands in the way, what the database refuses, how long things are kept."""

import datetime
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.members.models import EmergencyContact, PatientProfile
from accounts.members.roles import Role
from accounts.members.services import add_allergy, add_emergency_contact
from accounts.models import User
from accounts.services import affiliate
from clinic.audit.chain import broken_entries
from clinic.erasure import jobs
from clinic.erasure.models import Erasure, ErasureStep, LegalHold
from clinic.erasure.people import proposed
from clinic.erasure.retention import DEFAULT, LAWS, kept_until, law_of
from clinic.erasure.services import (
    apply_erasures,
    erase_patient,
    erase_what_ran_out,
    lengthen_retention,
    lift_legal_hold,
    place_legal_hold,
    plan_of,
    retentions,
)
from clinic.exports.services import ask_for_clinic, ask_for_patient
from clinic.models import Refusal
from clinic.moving.models import ImportedRecord, ImportRun
from tenants.models import Erasure as Ledger
from tests.conftest import ClinicClient
from tests.databases import erasures_on, rows
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db


def erased(patient: PatientProfile, **facts: Any) -> Erasure:
    return erase_patient(patient, **{"by": None, "reason": "Asked", "number": patient.number, **facts})


def test_the_number_is_typed_to_be_sure() -> None:
    with pytest.raises(Refusal) as refusal:
        erased(PatientFactory(), number="P-99999")
    assert refusal.value.field == "number"
    assert not Erasure.objects.exists()


def test_nobody_is_erased_twice() -> None:
    patient = PatientFactory()
    erased(patient)
    with pytest.raises(Refusal):
        erased(PatientProfile.objects.get(pk=patient.pk), number=Erasure.objects.get().pseudonym)


def test_a_file_that_is_held_stays_whatever_is_tried() -> None:
    patient = PatientFactory()
    erasure = erased(PatientFactory())
    place_legal_hold(patient, by=None, reason="A lawsuit")
    with pytest.raises(Refusal):
        erased(patient)
    with pytest.raises(DatabaseError, match="held"), transaction.atomic():
        Erasure.objects.create(patient_id=patient.pk, pseudonym="E-1", reason="By hand")
    LegalHold.objects.create(patient_id=erasure.patient_id, reason="Another")
    step = {"table_name": "members_member", "path": [["id"]], "columns": {"phone": "empty"}}
    with pytest.raises(DatabaseError), transaction.atomic():
        ErasureStep.objects.create(erasure=erasure, phase="identity", **step)
    lift_legal_hold(patient, by=None)
    assert erased(patient).pseudonym


def test_the_database_takes_no_values_and_no_tables_of_a_callers_choice() -> None:
    patient = PatientFactory()
    add_allergy(patient, by=None, substance="Penicillin")
    erasure = erased(patient)
    step: dict[str, Any] = {"erasure": erasure, "phase": "identity", "path": [["patient_id"]]}
    for table, columns in (
        ("members_allergy", {"substance": "Peanuts"}),
        ("erasure_legalhold", {"reason": "empty"}),
        ("audit_redaction", {"entries": "json"}),
        ("tenants_plan", {"name": "empty"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            ErasureStep.objects.create(**step, table_name=table, columns=columns)


def test_what_was_erased_and_how_never_changes() -> None:
    patient = PatientFactory()
    add_allergy(patient, by=None, substance="Penicillin")
    erased(patient)
    for change in (
        "UPDATE erasure_erasurestep SET rows = 0",
        "DELETE FROM erasure_erasurestep",
        "UPDATE erasure_erasure SET reason = 'other'",
        "DELETE FROM erasure_erasure",
    ):
        with pytest.raises(DatabaseError, match=r"never changes|stays as it was"), transaction.atomic():
            rows(change)


def test_a_legal_hold_is_lifted_never_changed() -> None:
    patient = PatientFactory()
    place_legal_hold(patient, by=None, reason="A lawsuit")
    changes = ("UPDATE erasure_legalhold SET reason = 'none'", "DELETE FROM erasure_legalhold")
    for change in changes:
        with pytest.raises(DatabaseError, match=r"lifted, not changed"), transaction.atomic():
            rows(change)
    lift_legal_hold(patient, by=None)
    with pytest.raises(DatabaseError, match=r"lifted, not changed"), transaction.atomic():
        rows("UPDATE erasure_legalhold SET lifted_at = NULL")


def test_a_copy_that_holds_the_patient_stands_in_the_way() -> None:
    patient, member = PatientFactory(), StaffFactory(role=Role.ADMIN)
    whole = ask_for_clinic(by=member)
    with pytest.raises(Refusal, match="copy of the whole clinic"):
        erased(patient)
    whole.move("fail_export", problem="None")
    own = ask_for_patient(patient, by=member, wanted_by="The patient", identity_seen="Passport")
    with pytest.raises(Refusal, match="is being prepared"):
        erased(patient)
    own.move("fail_export", problem="None")
    assert erased(patient).pseudonym


def test_only_the_patients_own_rows_go() -> None:
    patient, other = PatientFactory(), PatientFactory(family_name="Stays")
    for each, phone in ((patient, "+2348031234567"), (other, "+2348031234568")):
        add_emergency_contact(each, by=None, name="Chidi", relationship="Brother", phone=phone)
    erased(patient)
    assert [contact.patient_id for contact in EmergencyContact.objects.all()] == [other.pk]
    assert PatientProfile.objects.get(pk=other.pk).member.family_name == "Stays"


def test_the_file_that_a_patient_came_in_is_no_longer_called_by_the_name(
    audit_trail: Callable[[], list[Any]],
) -> None:
    """Programs call a patient's bundle by the patient's name."""
    patient, by, runs = PatientFactory(), StaffFactory(), []
    for name in ("Zqxn_Obi.json", "others.json"):
        run = ImportRun.objects.create(kind="fhir", file_name=name, by=by, size=1, sha256="0" * 64)
        ImportRun.objects.filter(pk=run.pk).update(status="previewed")
        ImportRun.objects.filter(pk=run.pk).update(status="running", started_at=timezone.now())
        runs.append(run)
    facts = {"position": 1, "kind": "Patient", "key": "1", "fingerprint": "0" * 64, "created": True}
    ImportedRecord.objects.create(run=runs[0], model="members.PatientProfile", record_id=patient.pk, **facts)
    audit_trail()
    erased(patient)
    assert [ImportRun.objects.get(pk=run.pk).file_name for run in runs] == ["[erased]", "others.json"]
    assert "Zqxn" not in str([(entry.old, entry.new) for entry in audit_trail()])


def test_a_log_in_with_a_place_elsewhere_stays(acme: Any, beta: Any) -> None:
    patient = PatientFactory()
    user = with_login(patient.member).user
    with tenant_context(beta):
        affiliate(user, beta)
    erased(patient)
    assert User.objects.get(pk=user.pk).anonymised_at is None
    assert PatientProfile.objects.get(pk=patient.pk).member.user_id is None


def test_with_nothing_to_keep_it_is_complete_at_once() -> None:
    erasure = erased(PatientFactory())
    assert (erasure.status, erasure.clinical_until, erasure.accounts_until) == ("complete", None, None)


def test_the_record_is_kept_under_the_pseudonym_until_its_time_is_over(
    audit_trail: Callable[[], list[Any]],
) -> None:
    patient = PatientFactory()
    add_allergy(patient, by=None, substance="Penicillin")
    erasure = erased(patient)
    kept = PatientProfile.objects.get(pk=patient.pk)
    assert (kept.number, kept.member.name) == (erasure.pseudonym, erasure.pseudonym)
    assert kept.date_of_birth == datetime.date(1984, 1, 1)
    assert erasure.clinical_until == kept_until(DEFAULT["clinical"], timezone.localdate())
    erase_what_ran_out(erasure, by=None, today=erasure.clinical_until)
    assert kept.allergies.exists()
    after = erasure.clinical_until + datetime.timedelta(days=1)
    with erasures_on(after.isoformat()):
        done = erase_what_ran_out(erasure, by=None, today=after)
    assert done.status == "complete"
    assert not kept.allergies.exists()
    assert audit_trail()
    assert broken_entries() == []


def test_the_job_erases_what_ran_out_and_nothing_that_is_held() -> None:
    found = []
    for _each in range(2):
        patient = PatientFactory()
        add_allergy(patient, by=None, substance="Penicillin")
        found.append(erased(patient))
    LegalHold.objects.create(patient_id=found[1].patient_id, reason="A lawsuit")
    after = datetime.datetime.combine(
        found[0].clinical_until + datetime.timedelta(days=2), datetime.time(12), tzinfo=datetime.UTC
    )
    with time_machine.travel(after), erasures_on(f"{after:%Y-%m-%d}"):
        jobs.erase_records_run_out.func.__wrapped__()
    assert [Erasure.objects.get(pk=each.pk).status for each in found] == ["complete", "pseudonymised"]


def test_times_to_keep_are_lengthened_never_shortened() -> None:
    least = retentions()["clinical"].law.years
    with pytest.raises(Refusal) as refusal:
        lengthen_retention(by=None, clinical=least - 1, accounts=99)
    assert refusal.value.field == "clinical"
    lengthen_retention(by=None, clinical=least + 5, accounts=retentions()["accounts"].years)
    assert retentions()["clinical"].years == least + 5
    with pytest.raises(DatabaseError, match="never_shorter"), transaction.atomic():
        rows("UPDATE erasure_retentionrule SET years = least - 1")


@pytest.mark.parametrize(
    ("country", "born", "last", "until"),
    [
        ("DE", "1980-05-05", "2026-03-01", "2036-12-31"),
        ("FR", "1980-05-05", "2026-03-01", "2046-12-31"),
        ("FR", "2024-05-05", "2026-03-01", "2052-12-31"),
        ("GB", "2015-05-05", "2026-03-01", "2041-12-31"),
        ("IT", "1980-05-05", "2026-03-01", "2126-12-31"),
        ("XX", "1980-05-05", "2026-03-01", "2046-12-31"),
    ],
)
def test_how_long_a_record_is_kept(country: str, born: str, last: str, until: str) -> None:
    day = datetime.date.fromisoformat
    assert kept_until(law_of(country, "clinical"), day(last), born=day(born)) == day(until)


def test_every_rule_names_its_source() -> None:
    assert all(rule.source and rule.years for laws in LAWS.values() for rule in laws.values())


def test_a_restored_patient_is_erased_again(acme: Any) -> None:
    patient = PatientFactory(email="back@people.example")
    add_allergy(patient, by=None, substance="Penicillin")
    entries = [Ledger(organization=acme, patient=key, what="identity") for key in (patient.pk, uuid4())]
    assert apply_erasures(entries) == apply_erasures(entries) == 1
    again = PatientProfile.objects.get(pk=patient.pk)
    assert (again.member.name, again.member.email) == (again.number, "")
    assert again.allergies.exists()
    assert Erasure.objects.get().clinical_until
    whole = [Ledger(organization=acme, patient=patient.pk, what=what) for what in ("clinical", "accounts")]
    # Whoever restores is the owner of the tables, and does again what was done in its time.
    with erasures_on("2200-01-01"):
        assert apply_erasures(whole) == 3
    assert not again.allergies.exists()
    assert Erasure.objects.get().status == "complete"


def test_who_is_proposed_has_nothing_that_need_be_kept() -> None:
    old, recent = PatientFactory(), PatientFactory()
    for patient in (old, recent):
        PatientProfile.objects.filter(pk=patient.pk).update(created_at="1990-01-01T12:00Z")
    add_allergy(recent, by=None, substance="Penicillin")
    assert [patient.pk for patient in proposed()] == [old.pk]
    erased(PatientProfile.objects.get(pk=old.pk))
    assert proposed() == []


def test_an_administrator_sees_what_would_happen_and_does_it(
    client_for: Callable[..., ClinicClient], acme: Any
) -> None:
    client = client_for(with_login(StaffFactory(role=Role.ADMIN)))
    patient = PatientFactory()
    add_allergy(patient, by=None, substance="Penicillin")
    address = reverse("erasure:erase_patient", args=[patient.pk])
    assert "Allergy" in client.get(address).content.decode()
    wrong = client.send(address, {"reason": "Asked for it", "number": "P-1"})
    assert "Asked for it" in wrong.content.decode()
    assert not plan_of(patient).hindrances
    done = client.send(address, {"reason": "Asked for it", "number": patient.number})
    report = client.get(done["Location"]).content.decode()
    assert Erasure.objects.get().pseudonym in report
    assert patient.member.given_name not in report
    assert client.get(address)["Location"] == done["Location"]
