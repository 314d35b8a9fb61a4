"""What the database keeps of people: one role, one profile of its kind, numbers without gaps."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.members import services
from accounts.members.models import (
    AdminProfile,
    AgentProfile,
    CaregiverProfile,
    Member,
    PatientProfile,
    ReceptionistProfile,
)
from accounts.members.roles import Role
from clinic.db.current import connection
from clinic.models import Refusal
from tests.accounts.members.factories import DoctorFactory, StaffFactory
from tests.people import PatientFactory, a_user, with_login

pytestmark = pytest.mark.django_db


def at_once() -> None:
    """Ask now what is asked at the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("profile", [AdminProfile, ReceptionistProfile, AgentProfile, CaregiverProfile])
def test_a_profile_is_of_its_members_kind(profile: Any) -> None:
    profile.objects.create(member=DoctorFactory())
    with pytest.raises(IntegrityError, match="is_of_its_kind"):
        at_once()


def test_a_member_with_a_profile_keeps_the_role() -> None:
    patient = PatientFactory()
    Member.objects.filter(pk=patient.pk).update(role=Role.DOCTOR)
    with pytest.raises(IntegrityError, match="members_patient_is_of_its_kind"):
        at_once()


def test_there_is_no_seventh_role() -> None:
    with pytest.raises(IntegrityError, match="members_member_role"), transaction.atomic():
        Member.objects.create(given_name="Ada", role="owner")


def test_one_person_has_each_role_once() -> None:
    admin = with_login(StaffFactory(role=Role.ADMIN))
    services.add_role(admin, by=None, role=Role.RECEPTIONIST)
    with pytest.raises(Refusal, match="already has this role"):
        services.add_role(admin, by=None, role=Role.RECEPTIONIST)


def test_a_licence_number_belongs_to_one_doctor() -> None:
    DoctorFactory(licence_number="MDCN-1")
    with pytest.raises(Refusal) as refusal:
        DoctorFactory(licence_number="MDCN-1")
    assert refusal.value.field == "licence_number"


def test_the_other_clinic_may_use_the_licence_number_again(beta: Any) -> None:
    DoctorFactory(licence_number="MDCN-1")
    connection.set_tenant(beta)
    assert DoctorFactory(licence_number="MDCN-1").doctor.licence_number == "MDCN-1"


def test_a_member_keeps_the_login_it_was_given() -> None:
    member = with_login(StaffFactory())
    with pytest.raises(IntegrityError, match="keeps the log-in"), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(user=a_user("other@example.com"))


def test_states_move_along_the_table_in_the_database_too() -> None:
    member = StaffFactory()
    Member.objects.filter(pk=member.pk).update(status="inactive")
    with pytest.raises(IntegrityError, match="change of state"), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(status="suspended")


def test_the_tables_transitions_are_the_databases() -> None:
    from importlib.util import module_from_spec, spec_from_file_location

    from accounts.members.migrations import __path__ as path

    spec = spec_from_file_location("rules", f"{path[0]}/0002_rules.py")
    assert spec is not None
    assert spec.loader is not None
    rules = module_from_spec(spec)
    spec.loader.exec_module(rules)
    assert Member.TRANSITIONS.pairs() == rules.TRANSITIONS


def test_patient_numbers_have_no_gaps() -> None:
    first = PatientFactory().number
    with pytest.raises(Refusal), transaction.atomic():
        PatientFactory(gender="?")
    second = PatientFactory().number
    assert int(second[2:]) == int(first[2:]) + 1


def test_a_patient_keeps_the_number() -> None:
    patient = PatientFactory()
    with pytest.raises(IntegrityError, match="keeps the number"), transaction.atomic():
        PatientProfile.objects.filter(pk=patient.pk).update(number="P-99999")


def test_every_change_is_in_the_trail(audit_trail: Any) -> None:
    patient = PatientFactory()
    services.add_allergy(patient, by=patient.member, substance="Penicillin", severity="severe")
    assert {"members_member", "members_patientprofile", "members_allergy"} <= {
        entry.table_name for entry in audit_trail() if entry.patient_id == patient.pk
    }
