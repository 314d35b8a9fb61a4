"""An appointment moves along its table only: in the services, in the database, on the page."""

import datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.models import Refusal
from scheduling import services
from scheduling.models import HOLDING, TRANSITIONS, Appointment, Status
from scheduling.models.states import INITIAL
from scheduling.views.actions import ACTIONS, buttons
from tests.databases import undone
from tests.scheduling.factories import (
    AppointmentFactory,
    DoctorFactory,
    MemberFactory,
    doctor_with_hours,
    free_times,
    in_state,
    paths,
    requested,
)

pytestmark = pytest.mark.django_db

REACHED = sorted(Status.values)
VERBS = list(dict.fromkeys(row.verb for row in TRANSITIONS.rows))
# The moments that a visit in such a state has behind it, where it is not just its own.
PASSED = {
    Status.CHECKED_IN: ["arrived", "checked_in"],
    Status.FULFILLED: ["arrived", "checked_in", "fulfilled"],
    Status.ENTERED_IN_ERROR: [],
}


def do(verb: str, visit: Appointment, doctor: Any) -> Appointment:
    """Carry out `verb` as its service asks for it, at a moment at which it is timely."""
    more: dict[str, Any] = {}
    if verb in ("decline_appointment", "cancel_appointment"):
        more = {"reason": "Because"}
    if verb == "resize_appointment":
        more = {"minutes": 20}
    if verb == "reschedule_appointment":
        more = {"starts_at": free_times(doctor, 20)[-1].starts_at}
    moment = visit.starts_at + datetime.timedelta(minutes=5)
    if verb == "accept_offer":
        moment = timezone.now()
    by = MemberFactory()
    if verb == "let_hold_go" and visit.held_until:
        moment = visit.held_until
    with time_machine.travel(moment, tick=False):
        return getattr(services, verb)(visit, by=by, **more)  # type: ignore[no-any-return]


@pytest.mark.parametrize("status", REACHED)
def test_a_step_follows_exactly_where_the_table_says(status: str) -> None:
    doctor = doctor_with_hours()
    key = in_state(status, doctor=doctor).pk
    for verb in VERBS:
        # Each verb finds the visit as the first one found it.
        with undone():
            visit = Appointment.objects.get(pk=key)
            if verb in TRANSITIONS.verbs(status):
                do(verb, visit, doctor)
                expected = TRANSITIONS.target(verb, status)
            else:
                with pytest.raises(Refusal):
                    do(verb, visit, doctor)
                expected = status
            visit.refresh_from_db()
            assert visit.status == expected, verb


def test_the_database_permits_the_same_changes_as_the_table() -> None:
    """Sabotage: take a pair out of migration 0002, or put one in, and this fails."""
    permitted = set()
    for old in REACHED:
        visit = in_state(old)
        for new in set(Status.values) - {old}:
            try:
                # Not to stay: half an answer to an offer is no state to end in.
                with undone():
                    Appointment.objects.filter(pk=visit.pk).update(status=new)
            except IntegrityError as error:
                if "change of state" in str(error):
                    continue
            permitted.add((old, new))
    assert permitted == {(old, new) for old, new in TRANSITIONS.pairs() if old in REACHED and old != new}


@pytest.mark.parametrize("status", sorted(set(Status.values) - set(INITIAL)))
def test_no_appointment_begins_in_the_middle(status: str) -> None:
    """With the facts of its state, so that nothing else is in its way."""
    facts: dict[str, Any] = {f"{name}_at": timezone.now() for name in PASSED.get(status, [status])}
    if status == Status.RESCHEDULED:
        facts = {"rescheduled_to": AppointmentFactory()}
    if status == Status.DECLINED:
        facts["decline_reason"] = "Because"
    with pytest.raises(IntegrityError, match="change of state"), transaction.atomic():
        AppointmentFactory(status=status, **facts)


def test_every_state_is_reached() -> None:
    assert set(Status.values) == set(paths())


def test_every_verb_has_a_service_and_every_button_a_verb() -> None:
    for verb in VERBS:
        assert callable(getattr(services, verb))
    assert set(ACTIONS) | {"let_hold_go"} == set(VERBS)


@pytest.mark.parametrize("status", sorted(set(REACHED) - set(HOLDING)))
def test_what_is_over_frees_its_time(status: str) -> None:
    visit = in_state(status)
    AppointmentFactory(doctor=visit.doctor, patient=visit.patient, starts_at=visit.starts_at)


@pytest.mark.parametrize("status", sorted(set(REACHED) & set(HOLDING)))
def test_what_is_not_over_holds_its_time(status: str) -> None:
    visit = in_state(status)
    with pytest.raises(IntegrityError), transaction.atomic():
        AppointmentFactory(doctor=visit.doctor, starts_at=visit.starts_at)


@pytest.mark.parametrize(
    "change",
    [
        {"held_until": None},
        {"cancelled_at": timezone.now()},
        {"declined_at": timezone.now()},
        {"fulfilled_at": timezone.now()},
        {"noshow_at": timezone.now()},
        {"cancel_reason": "Because"},
        {"decline_reason": "Because"},
    ],
)
def test_half_facts_are_impossible(change: dict[str, Any]) -> None:
    visit = in_state(Status.PENDING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=visit.pk).update(**change)


def test_a_patient_arrives_on_the_day_of_the_visit_only() -> None:
    visit = AppointmentFactory(starts_at=timezone.now() + datetime.timedelta(days=2))
    with pytest.raises(Refusal, match="not today"):
        services.mark_arrived(visit, by=MemberFactory())
    assert "mark_arrived" not in [button.verb for button in buttons(visit, MemberFactory())]


def test_nobody_misses_a_visit_that_has_not_begun() -> None:
    visit = AppointmentFactory()
    with pytest.raises(Refusal, match="not begun"):
        services.mark_noshow(visit, by=MemberFactory())


def test_who_was_thought_missing_may_still_arrive_unless_the_time_is_given_away() -> None:
    start = timezone.localtime().replace(hour=10, minute=0)
    with time_machine.travel(start + datetime.timedelta(minutes=10), tick=False):
        visit = in_state(Status.NOSHOW, starts_at=start)
        arrived = services.mark_arrived(visit, by=MemberFactory())
        assert (arrived.status, arrived.noshow_at) == (Status.ARRIVED, None)
        other = in_state(Status.NOSHOW, starts_at=start)
        AppointmentFactory(doctor=other.doctor, starts_at=start)
        with pytest.raises(Refusal, match="already taken"):
            services.mark_arrived(other, by=MemberFactory())


def test_a_patient_may_cancel_until_the_visit_begins_and_the_clinic_later_too() -> None:
    visit = AppointmentFactory()
    with time_machine.travel(visit.starts_at + datetime.timedelta(minutes=1), tick=False):
        for patient in (None, visit.patient.member):
            with pytest.raises(Refusal, match="already begun"):
                services.cancel_appointment(visit, by=patient)
        cancelled = services.cancel_appointment(visit, by=MemberFactory())
    assert cancelled.status == Status.CANCELLED


def test_an_unanswered_request_lets_go_at_its_deadline() -> None:
    asked = requested()
    with pytest.raises(Refusal):
        services.let_hold_go(asked)
    with time_machine.travel(asked.held_until, tick=False):
        assert list(Appointment.objects.overdue_holds()) == [asked]
        services.let_hold_go(asked)
    asked.refresh_from_db()
    assert asked.status == Status.CANCELLED
    assert asked.starts_at in [slot.starts_at for slot in free_times(asked.doctor)]


def test_the_job_lets_go_what_is_overdue_and_nothing_else() -> None:
    from scheduling.jobs import let_holds_go

    overdue, answered = requested(), requested(email="other@example.com", given_name="Bola")
    services.confirm_appointment(answered, by=MemberFactory())
    with time_machine.travel(overdue.held_until + datetime.timedelta(seconds=1), tick=False):
        let_holds_go.func.__wrapped__()  # type: ignore[union-attr]
    overdue.refresh_from_db()
    answered.refresh_from_db()
    assert (overdue.status, answered.status) == (Status.CANCELLED, Status.BOOKED)


def test_only_who_may_is_offered_a_button() -> None:
    visit = in_state(Status.CHECKED_IN)
    doctor, desk = DoctorFactory().member, MemberFactory()
    assert "fulfil_appointment" in [button.verb for button in buttons(visit, doctor)]
    assert "fulfil_appointment" not in [button.verb for button in buttons(visit, desk)]
    assert buttons(visit, None) == []


def test_every_step_is_in_the_trail(audit_trail: Any) -> None:
    asked = requested()
    services.confirm_appointment(asked, by=MemberFactory())
    entries = [entry for entry in audit_trail() if entry.row_id == str(asked.pk)]
    assert [(entry.action, entry.new["status"]) for entry in reversed(entries)] == [
        ("insert", "pending"),
        ("update", "booked"),
    ]


def test_the_trigger_stands_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'scheduling_appointment'::regclass "
            "AND NOT tgisinternal ORDER BY 1"
        )
        names = [name for (name,) in cursor.fetchall()]
    assert names == [
        "scheduling_appointment_agreed",
        "scheduling_appointment_audit",
        "scheduling_appointment_beside",
        "scheduling_appointment_branch",
        "scheduling_appointment_first_state",
        "scheduling_appointment_frozen",
        "scheduling_appointment_longer",
        "scheduling_appointment_of_the_living",
        "scheduling_appointment_room",
        "scheduling_appointment_transitions",
        "scheduling_appointment_versions",
        "scheduling_appointment_whose",
        "scheduling_appointment_wish",
        "scheduling_appointment_wish_answered",
    ]
