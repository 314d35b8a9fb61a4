"""Who is told what within the site: each row of the table by its rule, and nobody else."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.members.models import AgentAssignment, AgentProfile
from accounts.members.roles import Role
from clinic.inbox.kinds import KINDS
from clinic.inbox.lines import sentence
from clinic.inbox.models import Notification
from clinic.models import Refusal
from scheduling import news, services
from scheduling.models import Appointment, AppointmentType, AvailabilityRule, Source, Status
from tests.scheduling.factories import (
    HALF_HOUR,
    AppointmentFactory,
    DoctorFactory,
    MemberFactory,
    PatientFactory,
    RuleFactory,
    doctor_with_hours,
    free_times,
    in_state,
    requested,
)
from tests.scheduling.waiting import offer_of, wish

pytestmark = pytest.mark.django_db

# None of these may ever be told: they are what the visit is about.
CANARY = "Canarywort"
A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def town() -> SimpleNamespace:
    """Two of everybody, each with a log-in: one whom it concerns, and one whom it does not."""
    agents = [AgentProfile.objects.create(member=MemberFactory(role=Role.AGENT)) for _agent in range(2)]
    patient = PatientFactory()
    AgentAssignment.objects.create(agent=agents[0], patient=patient, since=timezone.localdate())
    return SimpleNamespace(
        doer=MemberFactory(),
        desk=MemberFactory(),
        admin=MemberFactory(role=Role.ADMIN),
        doctor=doctor_with_hours(specialisation=f"{CANARY} medicine"),
        colleague=doctor_with_hours(),
        patient=patient,
        stranger=PatientFactory(),
        agent=agents[0],
        competitor=agents[1],
        kind=AppointmentType.objects.create(name=f"{CANARY} check", minutes=30),
    )


def at(days: int, hour: int = 12) -> datetime.datetime:
    """A time of the clinic's clock, so many days from today."""
    day = timezone.localdate() + days * A_DAY
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


def visit(town: SimpleNamespace, days: int = 1, status: str = Status.BOOKED, **facts: Any) -> Appointment:
    return in_state(
        status,
        doctor=town.doctor,
        patient=town.patient,
        starts_at=at(days),
        ends_at=at(days) + HALF_HOUR,
        reason=CANARY,
        appointment_type=town.kind,
        **facts,
    )


def request(town: SimpleNamespace, days: int = 1) -> Appointment:
    return visit(town, days, Status.PENDING, source=Source.AGENT, agent=town.agent)


def brought(town: SimpleNamespace) -> Appointment:
    """A visit far ahead that the agent booked."""
    return visit(town, 4, source=Source.AGENT, agent=town.agent)


def offer(town: SimpleNamespace) -> Appointment:
    """A time tomorrow, the last there is, offered to the patient; nobody has been told of anything yet."""
    offered = offer_of(wish(patient=town.patient, doctor=town.doctor))
    assert offered
    AvailabilityRule.objects.filter(doctor=town.doctor).delete()
    Notification.objects.all().delete()
    return offered


def book(town: SimpleNamespace, by: Any, days: int = 1, source: str = Source.RECEPTION) -> Any:
    return services.book_appointment(
        by=by, doctor=town.doctor, patient=town.patient, starts_at=at(days), source=source, reason=CANARY
    )


def move(town: SimpleNamespace, by: Any, since: int = 1, to: int = 2, **facts: Any) -> Any:
    return services.reschedule_appointment(visit(town, since), by=by, starts_at=at(to, 15), **facts)


def cancel(it: Appointment, by: Any) -> Any:
    return services.cancel_appointment(it, by=by, reason=CANARY)


def decline(it: Appointment, by: Any) -> Any:
    return services.decline_appointment(it, by=by, reason=CANARY)


def lapse(it: Appointment) -> Any:
    Appointment.objects.filter(pk=it.pk).update(held_until=timezone.now() - HALF_HOUR)
    return services.let_hold_go(it)


def remind(town: SimpleNamespace) -> Any:
    """Remind of what begins within the hour, which was booked long ago, and not yet of what comes later."""
    for ahead in (HALF_HOUR, 3 * A_DAY):
        AppointmentFactory(doctor=town.doctor, patient=town.patient, starts_at=timezone.now() + ahead)
    Appointment.objects.update(created_at=timezone.now() - 30 * A_DAY)
    services.remind_patients()
    assert Notification.objects.count() == 1


def ask_by_phone(town: SimpleNamespace) -> Any:
    return requested(town.doctor, phone="+2348031234567", email="", reason=CANARY)


def ask_by_mail(town: SimpleNamespace) -> Any:
    return requested(town.doctor, reason=CANARY)


def confirm_from_mailbox(town: SimpleNamespace) -> Any:
    asked = ask_by_mail(town)
    return services.confirm_request(asked, proof=asked.proof)


def ask_as_agent(town: SimpleNamespace) -> Any:
    return services.request_for_patient(
        by=town.agent.member,
        doctor=town.doctor,
        starts_at=at(1),
        reason=CANARY,
        given_name="Ngozi",
        family_name="Eze",
        date_of_birth=datetime.date(1990, 2, 3),
        phone="+2348031234599",
    )


class Case(NamedTuple):
    """What happens, and all who are told: each with the kind."""

    event: str
    what: str
    act: Callable[[SimpleNamespace], Any]
    told: set[tuple[str, str]]


BOTH = {"doer", "desk"}


def desk(kind: str) -> set[tuple[str, str]]:
    """Everybody at the desk."""
    return {(name, kind) for name in BOTH}


CASES = (
    Case("request_appointment", "by phone", ask_by_phone, desk("request_to_answer")),
    Case("request_appointment", "by mail, not confirmed yet", ask_by_mail, set()),
    Case("confirm_request", "from the mailbox", confirm_from_mailbox, desk("request_to_answer")),
    Case("request_for_patient", "by an agent", ask_as_agent, desk("request_to_answer")),
    Case(
        "confirm_appointment",
        "for tomorrow",
        lambda town: services.confirm_appointment(request(town), by=town.doer),
        {
            ("patient", "your_request_confirmed"),
            ("agent", "agent_request_confirmed"),
            ("doctor", "visit_booked"),
        },
    ),
    Case(
        "confirm_appointment",
        "for next week, by the doctor",
        lambda town: services.confirm_appointment(request(town, 7), by=town.doctor.member),
        {("patient", "your_request_confirmed"), ("agent", "agent_request_confirmed")},
    ),
    Case(
        "decline_appointment",
        "by the desk",
        lambda town: decline(request(town), town.doer),
        {("patient", "your_request_declined"), ("agent", "agent_request_declined")},
    ),
    Case(
        "book_appointment",
        "by the desk for tomorrow",
        lambda town: book(town, town.doer),
        {("patient", "your_visit_booked"), ("doctor", "visit_booked")},
    ),
    Case(
        "book_appointment",
        "by the desk for the day after",
        lambda town: book(town, town.doer, days=2),
        {("patient", "your_visit_booked")},
    ),
    Case(
        "book_appointment",
        "by the doctor for tomorrow",
        lambda town: book(town, town.doctor.member),
        {("patient", "your_visit_booked")},
    ),
    Case(
        "book_appointment",
        "by the patient for the day after",
        lambda town: book(town, town.patient.member, days=2, source=Source.PORTAL),
        desk("patient_booked"),
    ),
    Case(
        "reschedule_appointment",
        "by the patient from the third day to the fourth",
        lambda town: move(town, town.patient.member, 3, 4),
        desk("patient_moved"),
    ),
    Case(
        "reschedule_appointment",
        "by the desk away from tomorrow",
        lambda town: move(town, town.doer, 1, 5),
        {("patient", "your_visit_moved"), ("doctor", "visit_moved")},
    ),
    Case(
        "reschedule_appointment",
        "by the doctor to tomorrow",
        lambda town: move(town, town.doctor.member, 5, 1),
        {("patient", "your_visit_moved")},
    ),
    Case(
        "reschedule_appointment",
        "by the desk to a colleague",
        lambda town: move(town, town.doer, 1, 1, doctor=town.colleague),
        {
            ("patient", "your_visit_moved"),
            ("colleague", "visit_booked"),
            ("doctor", "visit_handed_over"),
        },
    ),
    Case(
        "cancel_appointment",
        "by the patient, tomorrow's",
        lambda town: cancel(visit(town, 2), town.patient.member),
        desk("patient_cancelled"),
    ),
    Case(
        "cancel_appointment",
        "by the patient's link",
        lambda town: cancel(visit(town, 3), None),
        desk("patient_cancelled"),
    ),
    Case(
        "cancel_appointment",
        "by a stranger who never confirmed the request",
        lambda town: cancel(ask_by_mail(town), None),
        set(),
    ),
    Case(
        "cancel_appointment",
        "by the desk, tomorrow's",
        lambda town: cancel(visit(town), town.doer),
        {("patient", "your_visit_cancelled"), ("doctor", "visit_cancelled")},
    ),
    Case(
        "cancel_appointment",
        "by the desk, an agent's request",
        lambda town: cancel(request(town), town.doer),
        {("patient", "your_visit_cancelled"), ("agent", "agent_request_declined")},
    ),
    Case(
        "enter_appointment_in_error",
        "tomorrow's",
        lambda town: services.enter_appointment_in_error(visit(town), by=town.doer),
        {("doctor", "visit_cancelled")},
    ),
    Case(
        "let_hold_go",
        "a request that the clinic did not answer",
        lambda town: lapse(request(town)),
        desk("request_lapsed") | {("patient", "your_visit_cancelled"), ("agent", "agent_request_declined")},
    ),
    Case(
        "let_hold_go",
        "a request that the patient did not confirm",
        lambda town: lapse(ask_by_mail(town)),
        set(),
    ),
    Case("let_hold_go", "an offer", lambda town: lapse(offer(town)), set()),
    Case(
        "book_appointment",
        "by the agent",
        lambda town: book(town, town.agent.member, source=Source.AGENT),
        desk("agent_booked") | {("patient", "your_visit_booked"), ("doctor", "visit_booked")},
    ),
    Case(
        "reschedule_appointment",
        "by the agent",
        lambda town: services.reschedule_appointment(brought(town), by=town.agent.member, starts_at=at(5)),
        desk("agent_moved") | {("patient", "your_visit_moved")},
    ),
    Case(
        "reschedule_appointment",
        "by the desk, an agent's visit",
        lambda town: services.reschedule_appointment(brought(town), by=town.doer, starts_at=at(5)),
        {("patient", "your_visit_moved"), ("agent", "agent_visit_moved")},
    ),
    Case(
        "cancel_appointment",
        "by the agent",
        lambda town: cancel(brought(town), town.agent.member),
        desk("agent_cancelled") | {("patient", "your_visit_cancelled")},
    ),
    Case(
        "cancel_appointment",
        "by the desk, an agent's visit",
        lambda town: cancel(brought(town), town.doer),
        {("patient", "your_visit_cancelled"), ("agent", "agent_visit_cancelled")},
    ),
    Case(
        "check_in_appointment",
        "by the desk",
        lambda town: services.check_in_appointment(visit(town, 0, Status.ARRIVED), by=town.doer),
        {("doctor", "patient_checked_in")},
    ),
    Case(
        "check_in_appointment",
        "by the doctor",
        lambda town: services.check_in_appointment(visit(town, 0, Status.ARRIVED), by=town.doctor.member),
        set(),
    ),
    Case(
        "offer_time",
        "to who waits",
        lambda town: wish(patient=town.patient, doctor=town.doctor),
        {("patient", "your_offer")},
    ),
    Case(
        "accept_offer",
        "by the patient",
        lambda town: services.accept_offer(offer(town), by=town.patient.member),
        desk("offer_accepted") | {("doctor", "visit_booked")},
    ),
    Case(
        "accept_offer",
        "by the desk",
        lambda town: services.accept_offer(offer(town), by=town.doer),
        {("patient", "your_visit_booked"), ("doctor", "visit_booked")},
    ),
    Case(
        "decline_offer",
        "by the patient",
        lambda town: services.decline_offer(offer(town), by=town.patient.member),
        desk("offer_declined"),
    ),
    Case(
        "decline_offer",
        "by the desk",
        lambda town: services.decline_offer(offer(town), by=town.doer),
        set(),
    ),
    Case(
        "withdraw_offer",
        "by leave",
        lambda town: services.withdraw_offer(offer(town), by=None),
        {("patient", "your_offer_withdrawn")},
    ),
    Case(
        "remind_patients",
        "a day before",
        remind,
        {("patient", "your_reminder")},
    ),
)


def loaded(it: Appointment) -> Any:
    """As the services have it at hand."""
    return Appointment.objects.with_people().get(pk=it.pk)


def told(town: SimpleNamespace) -> set[tuple[str, str]]:
    """Who was told what."""
    names = {getattr(person, "member", person).pk: name for name, person in vars(town).items()}
    return {(names[news.member_id], news.kind) for news in Notification.objects.all()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.event}, {case.what}")
def test_who_is_told_what_and_nobody_else(case: Case, town: SimpleNamespace) -> None:
    case.act(town)
    assert told(town) == case.told
    for written in Notification.objects.select_related("member"):
        said = f"{written.facts} {sentence(written)}"
        assert CANARY not in said
        assert "%(" not in said


def test_each_row_of_the_table_is_seen_at_work() -> None:
    seen = {(case.event, kind) for case in CASES for _name, kind in case.told}
    assert {(rule.event, rule.kind) for rule in news.RULES} == seen
    assert {rule.kind for rule in news.RULES} <= KINDS.keys()
    assert {kind for kinds in news.SETTLED.values() for kind in kinds} <= KINDS.keys()


def test_without_receptionists_the_administrators_are_told(town: SimpleNamespace) -> None:
    type(town.doer).objects.filter(role=Role.RECEPTIONIST).update(status="inactive")
    ask_by_phone(town)
    assert told(town) == {("admin", "request_to_answer")}


def test_who_has_no_log_in_is_told_nothing_and_costs_nothing(
    town: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    doctor, patient = (
        DoctorFactory(member__user=None, member__email=""),
        PatientFactory(member__user=None, member__email=""),
    )
    booked = AppointmentFactory(doctor=doctor, patient=patient, starts_at=at(1))
    with django_assert_num_queries(0):
        news.tell("book_appointment", booked, by=town.doer)


def test_everybody_is_told_in_one_statement(town: SimpleNamespace, django_assert_num_queries: Any) -> None:
    booked, moved = (loaded(visit(town, days)) for days in (1, 2))
    with django_assert_num_queries(1):
        news.tell("book_appointment", booked, by=town.doer)
    with django_assert_num_queries(1):
        news.tell("reschedule_appointment", moved, by=None, before=booked)


def test_what_is_rolled_back_was_never_told(town: SimpleNamespace) -> None:
    with transaction.atomic():
        book(town, town.doer)
        assert Notification.objects.exists()
        transaction.set_rollback(True)
    assert not Notification.objects.exists()
    taken = AppointmentFactory(doctor=town.doctor, starts_at=at(1), ends_at=at(1) + HALF_HOUR)
    with pytest.raises(Refusal):
        book(town, town.doer)
    assert taken
    assert not Notification.objects.exists()


def test_what_somebody_has_answered_waits_for_nobody_any_more(town: SimpleNamespace) -> None:
    asked = ask_as_agent(town)
    other = ask_by_phone(town)
    services.confirm_appointment(asked, by=town.doer)
    waiting = Notification.objects.unread().filter(kind="request_to_answer")
    assert {written.about_id for written in waiting} == {other.calendar_id}
    ready = visit(town, 0, Status.ARRIVED)
    services.fulfil_appointment(services.check_in_appointment(ready, by=town.doer), by=town.doctor.member)
    assert not Notification.objects.unread().filter(kind="patient_checked_in").exists()


def test_it_is_the_clinics_silence_when_nobody_answers_an_agent(town: SimpleNamespace) -> None:
    assert lapse(request(town)).cancel_reason == "The clinic did not answer in time."
    assert lapse(ask_by_mail(town)).cancel_reason == "The request was not confirmed in time."


def test_a_request_that_was_moved_is_answered_once_for_all(town: SimpleNamespace) -> None:
    asked = ask_as_agent(town)
    moved = services.reschedule_appointment(asked, by=town.doer, starts_at=at(3, 15))
    services.confirm_appointment(moved, by=town.doer)
    assert not Notification.objects.unread().filter(kind="request_to_answer").exists()


def test_a_patient_is_told_of_a_series_once(town: SimpleNamespace) -> None:
    times = dict(enumerate(at(days) for days in (1, 8, 15)))
    series = services.book_series(
        by=town.doer, doctor=town.doctor, patient=town.patient, every_weeks=1, times=times, reason=CANARY
    )
    assert told(town) == {("patient", "your_visits_booked"), ("doctor", "visit_booked")}
    assert Notification.objects.count() == 2
    assert Notification.objects.get(kind="your_visits_booked").facts["count"] == 3
    first = series.appointments.order_by("starts_at").first()
    Notification.objects.all().delete()
    later = {key: moment + HALF_HOUR for key, moment in zip(keys_of(series), times.values(), strict=True)}
    moved = services.move_series(first, by=town.doer, times=later)
    assert told(town) == {("patient", "your_visits_moved"), ("doctor", "visit_moved")}
    Notification.objects.all().delete()
    services.cancel_series(moved[0], by=town.doer, reason=CANARY)
    assert told(town) == {("patient", "your_visits_cancelled"), ("doctor", "visit_cancelled")}
    assert Notification.objects.count() == 2


def keys_of(series: Any) -> list[Any]:
    return list(series.appointments.order_by("starts_at").values_list("pk", flat=True))


def test_visits_in_the_way_of_leave_are_told_to_the_desk_and_their_doctor(town: SimpleNamespace) -> None:
    visit(town, 1)
    visit(town, 9)
    elsewhere = AppointmentFactory(doctor=town.colleague, starts_at=at(1), ends_at=at(1) + HALF_HOUR)
    services.add_availability_exception(
        by=town.doer, doctor=town.doctor, kind="leave", starts_at=at(1, 0), ends_at=at(2, 0), reason=CANARY
    )
    assert told(town) == {("desk", "visits_stranded"), ("doctor", "own_visits_stranded")}
    assert {written.facts["count"] for written in Notification.objects.all()} == {1}
    assert all(CANARY not in f"{written.facts} {sentence(written)}" for written in Notification.objects.all())
    Notification.objects.all().delete()
    closed = timezone.localdate(elsewhere.starts_at)
    services.add_closing_day(by=town.admin, name=CANARY, first_day=closed, last_day=closed)
    assert told(town) == desk("visits_stranded") | {
        ("doctor", "own_visits_stranded"),
        ("colleague", "own_visits_stranded"),
    }


def test_visits_that_are_settled_are_told_one_by_one(town: SimpleNamespace) -> None:
    tomorrows, next_weeks = visit(town, 1), visit(town, 8)
    services.add_availability_exception(
        by=None, doctor=town.doctor, kind="leave", starts_at=at(1, 0), ends_at=at(9, 0)
    )
    Notification.objects.all().delete()
    services.cancel_stranded_visits(by=town.doer, visits=[tomorrows.pk, next_weeks.pk])
    kinds = Notification.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["visit_cancelled", "your_visit_cancelled", "your_visit_cancelled"]


def test_times_are_said_by_the_clinics_clock(town: SimpleNamespace) -> None:
    book(town, town.doer, days=2)
    told_patient = Notification.objects.get(member=town.patient.member)
    assert "12:00" in sentence(told_patient)
    assert told_patient.facts["doctor"] == town.doctor.name
    with timezone.override(datetime.timezone(datetime.timedelta(hours=-9))):
        assert "12:00" not in sentence(told_patient)


def test_a_free_time_is_named_with_the_moment_by_which_to_answer(town: SimpleNamespace) -> None:
    RuleFactory(doctor=DoctorFactory())
    assert free_times(town.doctor)
    offered = offer_of(wish(patient=town.patient, doctor=town.doctor))
    assert offered
    assert Notification.objects.get().facts["until"] == offered.held_until.isoformat()
