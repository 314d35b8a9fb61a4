"""Patients are reminded once, at the hours the clinic's rules say, of visits that still stand."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context

from clinic.db.current import connection
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services import deliver_message
from clinic.templatetags.clinic import clock as local_clock
from scheduling import services
from scheduling.models import Appointment, BookingPolicy
from scheduling.models.reminders import next_reminder
from scheduling.services import reminders
from tests.scheduling.factories import (
    AppointmentFactory,
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    in_state,
)

pytestmark = pytest.mark.django_db
MOBILE, OTHER_MOBILE, LANDLINE = "+2348031234567", "+2348031234568", "+23412345678"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """The time as the services read it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOON
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def at(self, moment: datetime) -> list[tuple[str, datetime]]:
        """Remind at this moment; what was written since the last time: channel and moment it was due."""
        known = set(OutboxMessage.objects.values_list("pk", flat=True))
        self.now = moment
        services.remind_patients()
        written = OutboxMessage.objects.exclude(pk__in=known).order_by("due_at", "channel")
        return list(written.values_list("channel", "due_at"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def rules(email: list[int], sms: list[int] | None = None) -> None:
    services.update_booking_policy(by=None, email_reminder_hours=email, sms_reminder_hours=sms or [])


def visit_at(starts_at: datetime, booked: datetime | None = None, **facts: Any) -> Appointment:
    visit = AppointmentFactory(starts_at=starts_at, **facts)
    Appointment.objects.filter(pk=visit.pk).update(created_at=booked or starts_at - timedelta(days=30))
    visit.refresh_from_db()
    return visit


def somebody(email: str = "", phone: str = "") -> Any:
    return PatientFactory(member=MemberFactory(role="patient", user=None, email=email, phone=phone))


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


SECOND = timedelta(seconds=1)


def test_a_reminder_is_written_in_the_second_it_is_due_and_once(clock: Clock) -> None:
    due = NOON + hours(1)
    visit = visit_at(due + hours(24))
    assert clock.at(due - SECOND) == []
    assert clock.at(due) == [("email", due)]
    assert clock.at(due + SECOND) == clock.at(due + hours(23)) == []
    message = OutboxMessage.objects.get()
    assert (message.kind, message.about_id, message.member_id) == ("reminder", visit.pk, visit.patient_id)


@pytest.mark.parametrize("status", ["pending", "proposed", "arrived", "cancelled", "rescheduled", "noshow"])
def test_only_booked_visits_are_reminded_of(status: str, clock: Clock) -> None:
    visit = in_state(status, starts_at=NOON + hours(20))
    Appointment.objects.filter(pk=visit.pk).update(created_at=NOON - timedelta(days=9))
    clock.at(NOON)
    assert not OutboxMessage.objects.filter(about_id=visit.pk).exists()


@pytest.mark.parametrize(("hours_before", "reminded"), [(24.1, 1), (24, 0), (2, 0)])
def test_who_was_given_the_time_later_than_the_reminder_is_due_has_just_been_told(
    hours_before: float, reminded: int, clock: Clock
) -> None:
    starts_at = NOON + hours(2)
    visit_at(starts_at, booked=starts_at - hours(hours_before))
    assert len(clock.at(NOON)) == reminded


@pytest.mark.parametrize("fact", ["confirmed_at", "patient_confirmed_at"])
def test_a_request_counts_from_its_confirmation(fact: str, clock: Clock) -> None:
    visit = visit_at(NOON + hours(2))
    Appointment.objects.filter(pk=visit.pk).update(**{fact: NOON - hours(1)})
    assert clock.at(NOON) == []


def test_each_of_several_hours_reminds_once(clock: Clock) -> None:
    rules([48, 2], [24, 2])
    starts_at = NOON + timedelta(days=3)
    visit_at(starts_at, patient=somebody("ada@people.example", MOBILE))
    found = [clock.at(starts_at - hours(before)) for before in (49, 48, 47, 24, 23, 2, 1)]
    assert [[channel for channel, _due in each] for each in found] == [
        [], ["email"], [], ["sms"], [], ["email", "sms"], [],
    ]  # fmt: skip


def test_after_a_standstill_only_the_latest_is_sent(clock: Clock) -> None:
    rules([168, 48, 24], [4])
    starts_at = NOON + hours(10)
    visit_at(starts_at, patient=somebody("ada@people.example", MOBILE))
    assert clock.at(NOON) == [("email", starts_at - hours(24))]
    assert clock.at(starts_at - hours(1)) == [("sms", starts_at - hours(4))]


def test_once_the_visit_has_begun_nobody_is_reminded(clock: Clock) -> None:
    starts_at = NOON + hours(10)
    visit_at(starts_at)
    assert clock.at(starts_at) == clock.at(starts_at + hours(1)) == []


def test_without_hours_nobody_is_reminded(clock: Clock) -> None:
    rules([])
    visit_at(NOON + hours(1))
    assert clock.at(NOON) == []


def test_a_day_before_is_24_hours_also_when_the_clock_is_turned(beta: Any, clock: Clock) -> None:
    dublin = ZoneInfo("Europe/Dublin")
    # The night before, summer time ended: 24 hours before nine o'clock it was ten.
    starts_at = datetime(2026, 10, 25, 9, tzinfo=dublin)
    due = datetime(2026, 10, 24, 10, tzinfo=dublin)
    with tenant_context(beta):
        visit_at(starts_at)
        assert clock.at(due - SECOND) == []
        assert clock.at(due) == [("email", due)]
        assert "9:00" in OutboxMessage.objects.get().body


# --- By which way --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "phone", "by_mail", "by_sms", "written"),
    [
        ("ada@people.example", MOBILE, [24], [24], ["email", "sms"]),
        ("ada@people.example", "", [24], [24], ["email"]),
        ("", MOBILE, [24], [24], ["sms"]),
        ("", MOBILE, [24], [], ["sms"]),
        ("ada@people.example", LANDLINE, [], [24], ["email"]),
    ],
)
def test_who_cannot_be_reached_by_one_way_is_reached_by_the_other_and_once(
    email: str, phone: str, by_mail: list[int], by_sms: list[int], written: list[str], clock: Clock
) -> None:
    rules(by_mail, by_sms)
    visit_at(NOON + hours(24), patient=somebody(email, phone))
    assert [channel for channel, _due in clock.at(NOON)] == written
    assert clock.at(NOON + SECOND) == []


@pytest.mark.parametrize("phone", ["", LANDLINE])
def test_who_can_be_reached_by_no_way_is_reported_once_a_visit(phone: str, clock: Clock) -> None:
    rules([48, 24, 2], [1])
    starts_at = NOON + hours(48)
    visit = visit_at(starts_at, patient=somebody(phone=phone))
    assert len(clock.at(NOON)) == 1
    message = OutboxMessage.objects.get()
    assert (message.status, message.recipient, message.about_id) == ("failed", "", visit.pk)
    assert clock.at(starts_at - hours(24)) == clock.at(starts_at - hours(1)) == []
    assert services.remind_patients() == 0, "nor is it looked at again"


def test_who_left_a_number_after_the_report_is_reminded(clock: Clock) -> None:
    rules([48, 24])
    starts_at = NOON + hours(48)
    visit = visit_at(starts_at, patient=somebody())
    clock.at(NOON)
    visit.patient.member.phone = MOBILE
    visit.patient.member.save()
    assert clock.at(starts_at - hours(24)) == [("sms", starts_at - hours(24))]


# --- What became of the visit --------------------------------------------------------------------


def test_a_moved_visit_voids_its_old_reminder_and_has_its_own(clock: Clock) -> None:
    clock.now = datetime.now(UTC)
    doctor = doctor_with_hours()
    tomorrow = (clock.now + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
    visit = visit_at(tomorrow, doctor=doctor)
    clock.at(tomorrow - hours(23))
    moved = services.reschedule_appointment(visit, by=None, starts_at=tomorrow + timedelta(days=3))
    old = OutboxMessage.objects.get(kind="reminder")
    assert (old.about_id, old.status) == (visit.pk, "void")
    assert clock.at(moved.starts_at - hours(24)) == [("email", moved.starts_at - hours(24))]


@pytest.mark.parametrize("step", ["cancelled", "rescheduled", "arrived", "noshow"])
def test_nothing_is_sent_of_a_visit_that_no_longer_stands(step: str, clock: Clock) -> None:
    visit = visit_at(NOON + hours(24))
    clock.at(NOON)
    stood = in_state(step, starts_at=NOON + timedelta(days=9))
    # Behind the back of the steps, which withdraw it themselves.
    OutboxMessage.objects.filter(about_id=visit.pk).update(about_id=stood.pk)
    message = OutboxMessage.objects.get(kind="reminder")
    deliver_message(message.pk)
    message.refresh_from_db()
    assert (message.status, mail.outbox) == ("void", [])


def test_a_reminder_that_failed_is_not_sent_once_the_visit_has_begun(clock: Clock) -> None:
    visit = visit_at(NOON + hours(24))
    clock.at(NOON)
    clock.now = visit.starts_at
    deliver_message(OutboxMessage.objects.get().pk)
    assert (OutboxMessage.objects.get().status, mail.outbox) == ("void", [])


def test_a_reminder_says_when_where_and_with_whom_and_nothing_clinical(clock: Clock, acme: Any) -> None:
    visit = visit_at(NOON + hours(24), reason="canary-reason")
    visit.doctor.specialisation = "canary-specialisation"
    visit.doctor.save()
    clock.at(NOON)
    deliver_message(OutboxMessage.objects.get().pk)
    (letter,) = mail.outbox
    text = letter.subject + letter.body
    for word in (local_clock(visit.starts_at), visit.doctor.member.name, acme.name, f"/visit/{visit.token}/"):
        assert word in text
    assert "canary" not in text


@pytest.mark.parametrize(("deadline", "offers_a_change"), [(0, True), (23, True), (25, False)])
def test_a_reminder_offers_no_change_that_would_be_refused(
    deadline: int, offers_a_change: bool, clock: Clock
) -> None:
    services.update_booking_policy(by=None, change_deadline_hours=deadline)
    visit_at(NOON + hours(24))
    clock.at(NOON)
    text = OutboxMessage.objects.get().body
    assert ("move or cancel your visit" in text, "please call us" in text) == (
        offers_a_change,
        not offers_a_change,
    )


# --- The guards ----------------------------------------------------------------------------------


def test_the_database_takes_a_reminder_once(clock: Clock) -> None:
    visit_at(NOON + hours(24))
    clock.at(NOON)
    message = OutboxMessage.objects.get()
    message.pk, message._state.adding, message.key = None, True, "another"
    message.pk = OutboxMessage._meta.pk.get_default()
    with pytest.raises(IntegrityError, match="outbox_once_when_due"), transaction.atomic():
        message.save(force_insert=True)


def test_what_is_wrong_with_one_patient_stops_no_other(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        visit_at(NOON + hours(20) + timedelta(minutes=number))
    broken = Appointment.objects.order_by("starts_at")[1]
    monkeypatch.setattr(reminders, "AT_ONCE", 2)
    tell = reminders.emails.tell

    def sabotaged(kind: str, visit: Appointment, **facts: Any) -> bool:
        if visit.pk == broken.pk:
            raise ZeroDivisionError
        return tell(kind, visit, **facts)

    monkeypatch.setattr(reminders.emails, "tell", sabotaged)
    with pytest.raises(reminders.NotAllReminded, match="1 of 5"):
        clock.at(NOON)
    assert OutboxMessage.objects.count() == 4
    monkeypatch.undo()
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    services.remind_patients()
    assert OutboxMessage.objects.filter(about_id=broken.pk).count() == 1


def test_killed_between_two_reminders_the_next_worker_goes_on(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        visit_at(NOON + hours(20) + timedelta(minutes=number))
    tell, told = reminders.emails.tell, []

    def dies(kind: str, visit: Appointment, **facts: Any) -> bool:
        told.append(visit.pk)
        if len(told) == 4:
            raise SystemExit
        return tell(kind, visit, **facts)

    with monkeypatch.context() as patch:
        patch.setattr(reminders, "AT_ONCE", 2)
        patch.setattr(reminders.emails, "tell", dies)
        with pytest.raises(SystemExit):
            clock.at(NOON)
    assert OutboxMessage.objects.count() == 2, "what was committed stays, the rest of its round is undone"
    assert len(clock.at(NOON + SECOND)) == 3
    assert len(set(OutboxMessage.objects.values_list("about_id", flat=True))) == 5


def statements(count: int) -> int:
    """How many statements remind of `count` visits."""
    doctor, soon = doctor_with_hours(), timezone.now() + hours(20)
    for number in range(count):
        visit_at(soon + timedelta(minutes=number), doctor=doctor, overbook_reason="test")
    with CaptureQueriesContext(connection) as captured:
        services.remind_patients()
    return len(captured)


def test_a_reminder_more_costs_one_statement_more() -> None:
    one, many = statements(1), statements(30)
    assert OutboxMessage.objects.count() == 31
    assert many - one == 29


@pytest.mark.parametrize(("booked", "expected"), [(400, 48), (40, 24), (10, 2), (1, None)])
def test_the_next_reminder_is_reckoned_as_it_will_be_sent(
    booked: int, expected: int | None, clock: Clock
) -> None:
    rules([48, 24], [2])
    starts_at = NOON + hours(300)
    visit = visit_at(starts_at, booked=starts_at - hours(booked))
    due = next_reminder(visit, BookingPolicy.objects.current())
    assert due == (starts_at - hours(expected) if expected else None)
    if due:
        assert [moment for _channel, moment in clock.at(due)] == [due]
