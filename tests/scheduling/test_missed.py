"""Visits to which nobody came are noted as missed, so many hours after their end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinic.audit.services import acting
from clinic.db.current import connection
from clinic.models import Refusal
from scheduling import services
from scheduling.jobs import sweep_missed_visits
from scheduling.models import Appointment
from scheduling.services import missed
from tests.conftest import ClinicClient
from tests.people import StaffFactory, with_login
from tests.scheduling.factories import AppointmentFactory, in_state

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch, in_acme: None) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def ended(hours: float, **facts: Any) -> Appointment:
    """A visit that ended so many hours before noon."""
    ends_at = NOON - timedelta(hours=hours)
    return AppointmentFactory(starts_at=ends_at - timedelta(minutes=30), ends_at=ends_at, **facts)


def states() -> list[str]:
    return list(Appointment.objects.order_by("starts_at").values_list("status", flat=True))


def test_a_visit_is_missed_when_its_end_is_more_than_four_hours_ago() -> None:
    ended(4.01)
    ended(4)
    ended(3)
    assert services.note_missed_visits() == 1
    assert states() == ["noshow", "booked", "booked"]


def test_the_clinic_says_how_many_hours_it_waits() -> None:
    services.update_booking_policy(by=None, noshow_after_hours=48)
    ended(49)
    ended(40)
    services.note_missed_visits()
    assert states() == ["noshow", "booked"]


@pytest.mark.parametrize(
    "status", ["pending", "arrived", "checked_in", "fulfilled", "cancelled", "declined", "entered_in_error"]
)
def test_only_what_is_still_booked_is_missed(status: str) -> None:
    visit = in_state(status, starts_at=NOON - timedelta(hours=30))
    assert services.note_missed_visits() == 0
    visit.refresh_from_db()
    assert visit.status == status


def test_the_refusal_of_one_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    for hours in (9, 8, 7):
        ended(hours)
    refused = Appointment.objects.order_by("starts_at")[1]
    note = missed.mark_noshow

    def refuse(visit: Appointment, **facts: Any) -> Appointment:
        if visit.pk == refused.pk:
            raise Refusal("No")
        return note(visit, **facts)

    monkeypatch.setattr(missed, "mark_noshow", refuse)
    assert services.note_missed_visits() == 2
    assert states() == ["noshow", "booked", "noshow"]


def test_what_somebody_noted_in_this_moment_stays_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    here, _missed = ended(4.2), ended(4.1)
    note = missed.mark_noshow

    def late(visit: Appointment, **facts: Any) -> Appointment:
        if visit.pk == here.pk:
            services.mark_arrived(Appointment.objects.get(pk=here.pk), by=None)
        return note(visit, **facts)

    monkeypatch.setattr(missed, "mark_noshow", late)
    assert services.note_missed_visits() == 1
    assert states() == ["arrived", "noshow"]


def test_the_job_is_who_noted_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ended(9)
    actors = []
    monkeypatch.setattr(
        missed, "mark_noshow", lambda visit, by: actors.append((connection.audit_context, by))
    )
    sweep_missed_visits(0)
    assert actors == [({"actor": "job sweep_missed_visits"}, None)]


def test_the_page_says_whether_somebody_noted_it(
    client_for: Callable[..., ClinicClient], audit_trail: Callable[[], Any]
) -> None:
    swept, noted = ended(9), ended(2)
    with acting({"actor": "job sweep_missed_visits"}):
        services.note_missed_visits()
        audit_trail()
    desk = with_login(StaffFactory())
    with acting({"actor_id": str(desk.pk), "actor": desk.name}):
        services.mark_noshow(noted, by=desk)
        audit_trail()
    browser = client_for(desk)
    for visit, is_told in ((swept, True), (noted, False)):
        page = browser.get(f"/appointments/{visit.pk}/").content.decode()
        assert "Did not come" in page
        assert ("Noted by itself" in page) == is_told


def test_who_comes_after_all_the_same_day_has_arrived() -> None:
    visit = ended(4.5)
    services.note_missed_visits()
    visit.refresh_from_db()
    assert services.mark_arrived(visit, by=None).status == "arrived"
