"""Every variant that the bench times shows its rows and its clinic, or its time is refused."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from accounts.members.models import DoctorProfile, PatientProfile
from accounts.members.roles import Role
from accounts.members.services import register_patient, register_staff
from clinic.bench import contention, posts, worker, world
from clinic.bench.clients import Race
from clinic.bench.figures import Figure, at_least, at_most, in_turn, ratio, table
from clinic.bench.pages import Page, WrongPageError
from clinic.bench.slots import naive_slots
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, free_slots

ROWS = ("a", "b")
PAGE = Page("acme.localhost", "/day/", "", "Acme", "Beta", 'href="/visit/([a-z])/"', ROWS)
BODY = '<title>Acme</title><a href="/visit/a/"></a><a href="/visit/b/"></a>'


def site(status: str, body: str) -> Any:
    """An application that always answers the same."""

    class Answered(list[bytes]):
        def close(self) -> None:
            """As every WSGI response can be."""

    def application(environ: dict[str, Any], start_response: Any) -> Answered:
        start_response(status, [])
        return Answered([body.encode()])

    return application


def test_the_right_page_is_timed() -> None:
    cost = worker.burst(site("200 OK", BODY), PAGE, 2)
    assert cost.keys() == {"cpu", "wall"}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("302 Found", BODY),
        ("200 OK", BODY.replace("Acme", "Gamma")),
        ("200 OK", BODY + "Beta"),
        ("200 OK", BODY.replace("/visit/b/", "/visit/a/")),
        ("200 OK", BODY + '<a href="/visit/c/"></a>'),
    ],
    ids=["status", "no clinic", "other clinic", "row missing", "row too many"],
)
def test_any_other_page_is_refused(status: str, body: str) -> None:
    with pytest.raises(WrongPageError):
        worker.burst(site(status, body), PAGE, 1)


def test_a_page_without_rows_must_list_none() -> None:
    with pytest.raises(WrongPageError):
        replace(PAGE, rows=()).check("200 OK", BODY)


def test_what_is_not_kept_is_said() -> None:
    slow = Figure("pages", "2 ms", "plain 1 ms", 2.0, at_most(1.05))
    fast = Figure("slots", "1 ms", "loop 20 ms", 20.0, at_least(15))
    assert (slow.is_met, fast.is_met) == (False, True)
    first, second = table([slow, fast]).splitlines()[2:]
    assert first.endswith("≤ 1.05 ×  NOT met")
    assert second.endswith("≥ 15 ×    met")


def test_variants_are_compared_within_a_round() -> None:
    order: list[str] = []

    def burst(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    taken = in_turn({"one": lambda: burst("one", 2), "two": lambda: burst("two", 1)}, 2)
    assert order == ["one", "two", "two", "one"]
    assert ratio(taken["one"], taken["two"]) == 2.0
    assert ratio([1, 10, 3], [1, 2, 1]) == 3


@pytest.fixture
def doctor(acme: Any) -> DoctorProfile:
    member = register_staff(
        by=None, role=Role.DOCTOR, given_name="Ada", specialisation="General", licence_number="bench-1"
    )
    return DoctorProfile.objects.get(pk=member.pk)


@pytest.fixture
def patient(acme: Any) -> PatientProfile:
    return register_patient(by=None, given_name="Bola")


@pytest.fixture
def clinic(acme: Any, doctor: DoctorProfile, patient: PatientProfile) -> world.Clinic:
    return world.Clinic(acme, "Beta Health", [doctor], [patient], {}, next_monday())


def next_monday() -> datetime.date:
    today = timezone.localdate()
    return today + datetime.timedelta(days=7 - today.weekday())


def test_the_loop_finds_what_the_statement_finds(doctor: DoctorProfile, patient: PatientProfile) -> None:
    monday = next_monday()
    for weekday in (1, 2, 3):
        AvailabilityRule.objects.create(
            doctor=doctor, weekday=weekday, starts=datetime.time(9), ends=datetime.time(12), valid_from=monday
        )
    start = world.times(monday)[1]
    AvailabilityException.objects.create(
        doctor=doctor,
        kind="leave",
        starts_at=start + world.WEEK / 7,
        ends_at=start + world.WEEK / 7 + world.SLOT,
    )
    Appointment.objects.insert_unless_taken(world.booked(doctor, patient, start))
    sunday = monday + datetime.timedelta(days=6)
    found = free_slots([doctor.pk], monday, sunday)
    assert len(found) == 3 * 6 - 2
    assert sorted(naive_slots([doctor.pk], monday, sunday)) == sorted(found)


def test_a_race_counts_only_when_every_time_is_given_once(clinic: world.Clinic) -> None:
    with pytest.raises(RuntimeError, match="0 are booked"):
        contention.check(clinic, contention.LATER, Race(won=contention.WANTED))


def test_a_booking_counts_only_when_the_visit_is_stored_and_answered(clinic: world.Clinic) -> None:
    wish = world.booked(clinic.doctors[0], clinic.patients[0], world.times(clinic.monday)[0])
    with pytest.raises(RuntimeError, match="0 of 1"):
        posts.check(clinic, [wish], [posts.Answer(302, f"/day/?on={clinic.monday}")])
    Appointment.objects.insert_unless_taken(wish)
    posts.check(clinic, [wish], [posts.Answer(302, f"/day/?on={clinic.monday}")])
    with pytest.raises(RuntimeError, match="the first answer was"):
        posts.check(clinic, [wish], [posts.Answer(200, "")])


def test_each_client_wants_every_time_once() -> None:
    for turn in range(contention.CLIENTS):
        assert sorted(contention.order(turn)) == list(range(contention.WANTED))
