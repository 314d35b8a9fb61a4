"""What a new clinic's day page says until its first visit."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.members.roles import Role
from tests.scheduling.factories import AppointmentFactory, DoctorFactory, MemberFactory, doctor_with_hours

pytestmark = pytest.mark.django_db
TITLE = "First steps"


def the_day(client_for: Callable[..., Any], role: str) -> str:
    """The day page as somebody of `role` sees it."""
    return str(client_for(MemberFactory(role=role)).get(reverse("scheduling:day")).content.decode())


def test_the_steps_follow_each_other(client_for: Callable[..., Any]) -> None:
    """A doctor first, then hours, then the booking page is shared; the first visit ends it."""
    page = the_day(client_for, Role.ADMIN)
    assert TITLE in page
    assert reverse("members:register_staff") in page
    doctor = DoctorFactory()
    page = the_day(client_for, Role.ADMIN)
    assert reverse("members:register_staff") not in page
    assert "Set the hours</a>" in page
    doctor_with_hours()
    page = the_day(client_for, Role.ADMIN)
    assert TITLE in page
    assert "Set the hours</a>" not in page
    AppointmentFactory(doctor=doctor)
    assert TITLE not in the_day(client_for, Role.ADMIN)


def test_only_who_can_take_them_is_told(client_for: Callable[..., Any]) -> None:
    """Reception cannot add a doctor, so it is not asked to."""
    assert TITLE not in the_day(client_for, Role.RECEPTIONIST)
