"""Who is let in, and who decides it."""

from typing import Any

import pytest

from accounts.members import services
from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.models import Refusal
from tests.accounts.members.factories import StaffFactory, member_in
from tests.people import PatientFactory

pytestmark = pytest.mark.django_db


def test_the_last_administrator_stays() -> None:
    admin = StaffFactory(role=Role.ADMIN)
    with pytest.raises(Refusal, match="only administrator"):
        services.change_member_status(admin, by=None, status="inactive")
    StaffFactory(role=Role.ADMIN)
    services.change_member_status(admin, by=None, status="inactive")


def test_nobody_ends_their_own_access() -> None:
    admin = member_in(Role.ADMIN)
    StaffFactory(role=Role.ADMIN)
    doctor = services.add_role(admin, by=admin, role=Role.DOCTOR, specialisation="GP", licence_number="L1")
    with pytest.raises(Refusal, match="their own"):
        services.change_member_status(admin, by=admin, status="inactive")
    with pytest.raises(Refusal, match="their own"):
        services.change_member_status(doctor, by=admin, status="inactive")


def test_only_administrators_decide(client_for: Any) -> None:
    patient = PatientFactory()
    for role in (Role.RECEPTIONIST, Role.DOCTOR, Role.PATIENT):
        answer = client_for(member_in(role)).send(f"/people/{patient.pk}/status/", {"status": "inactive"})
        assert answer.status_code == 403
    client_for(member_in(Role.ADMIN)).send(f"/people/{patient.pk}/status/", {"status": "inactive"})
    assert Member.objects.get(pk=patient.pk).status == "inactive"


@pytest.mark.parametrize("status", ["", "closed", "active"])
def test_a_status_that_cannot_follow_is_refused(status: str) -> None:
    with pytest.raises(Refusal):
        services.change_member_status(StaffFactory(), by=None, status=status)


def test_a_suspended_member_may_nothing() -> None:
    member = StaffFactory()
    assert member.may("members.view_patients")
    services.change_member_status(member, by=None, status="suspended")
    member.refresh_from_db()
    assert not member.may("members.view_patients")
