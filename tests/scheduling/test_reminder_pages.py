"""The rules for reminders on their page, and the next one on the visit's."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinic.templatetags.clinic import day_time
from scheduling import services
from scheduling.models.policy import NUMBERS
from tests.conftest import ClinicClient
from tests.people import StaffFactory, with_login
from tests.scheduling.factories import AppointmentFactory

pytestmark = pytest.mark.django_db
RULES = {name: default for name, (_label, default, _least, _most) in NUMBERS.items()}


@pytest.fixture
def administrator(client_for: Callable[..., ClinicClient]) -> ClinicClient:
    return client_for(with_login(StaffFactory(role="admin")))


@pytest.mark.parametrize("page", ["/booking-rules/", "/admin/scheduling/bookingpolicy/{}/change/"])
def test_the_administrator_says_when_patients_are_reminded(page: str, administrator: ClinicClient) -> None:
    policy = services.update_booking_policy(by=None, horizon_days=90)
    page = page.format(policy.pk)
    chosen = {"email_reminder_hours": ["48", "2"], "sms_reminder_hours": ["1"], "noshow_after_hours": 12}
    assert administrator.send(page, {**RULES, **chosen}).status_code == 302
    policy.refresh_from_db()
    assert (sorted(policy.email_reminder_hours), policy.sms_reminder_hours) == ([2, 48], [1])
    assert policy.noshow_after_hours == 12
    shown = administrator.get(page).content.decode()
    assert shown.count("checked") == 3
    assert administrator.send(page, RULES).status_code == 302
    policy.refresh_from_db()
    assert (policy.email_reminder_hours, policy.sms_reminder_hours) == ([], [])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email_reminder_hours": ["3"]}, "Choose from the times offered."),
        ({"sms_reminder_hours": ["24", "many"]}, "Choose from the times offered."),
        ({"noshow_after_hours": 0}, "greater than or equal to 1"),
        ({"noshow_after_hours": 73}, "less than or equal to 72"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    wrong: dict[str, Any], sentence: str, administrator: ClinicClient
) -> None:
    page = administrator.send("/booking-rules/", {**RULES, **wrong})
    assert page.status_code == 200
    (errors,) = page.context["form"].errors.items()
    assert errors[0] in wrong
    assert sentence in errors[1][0]


def test_the_page_of_a_visit_shows_the_next_reminder(administrator: ClinicClient) -> None:
    visit = AppointmentFactory(starts_at=timezone.now() + timedelta(days=3))
    due = day_time(visit.starts_at - timedelta(hours=24))
    assert due in administrator.get(f"/appointments/{visit.pk}/").content.decode()
    services.update_booking_policy(by=None, email_reminder_hours=[])
    assert "Next reminder" not in administrator.get(f"/appointments/{visit.pk}/").content.decode()
    services.update_booking_policy(by=None, email_reminder_hours=[24])
    services.cancel_appointment(visit, by=None)
    assert "Next reminder" not in administrator.get(f"/appointments/{visit.pk}/").content.decode()
