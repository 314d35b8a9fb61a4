"""Several people at the same moment."""

from typing import Any

from accounts.members import services
from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.models import Refusal
from tests.accounts.members.factories import StaffFactory
from tests.accounts.members.test_invitations import invited
from tests.people import PASSWORD


def test_two_readers_at_once_one_gets_in(race: Any) -> None:
    _member, token = invited()
    results = race(4, lambda number: services.accept_invitation(token=token, password=f"{PASSWORD} {number}"))
    assert sum(isinstance(result, Member) for result in results) == 1, results
    assert sum(isinstance(result, Refusal) for result in results) == 3, results


def test_two_administrators_cannot_switch_each_other_off(race: Any) -> None:
    admins = [StaffFactory(role=Role.ADMIN), StaffFactory(role=Role.ADMIN)]
    race(
        2,
        lambda number: services.change_member_status(
            admins[number], by=admins[1 - number], status="suspended"
        ),
    )
    assert Member.objects.active().filter(role=Role.ADMIN).count() == 1


def test_patient_numbers_are_not_given_twice(race: Any) -> None:
    found = race(8, lambda number: services.register_patient(by=None, given_name=f"Ada{number}").number)
    assert all(isinstance(number, str) for number in found), found
    numbers = sorted(int(number[2:]) for number in found)
    assert numbers == list(range(numbers[0], numbers[0] + 8))
