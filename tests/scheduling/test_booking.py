"""A time is given to one patient only, and only if it is really free."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.db.current import connection
from clinic.models import Refusal
from scheduling import services
from scheduling.models import Appointment, Source, Status
from tests.scheduling.factories import (
    HALF_HOUR,
    AppointmentFactory,
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    free_times,
    requested,
)

pytestmark = pytest.mark.django_db


def test_an_offered_time_is_booked() -> None:
    doctor, patient, by = doctor_with_hours(), PatientFactory(), MemberFactory()
    slot = free_times(doctor)[0]
    booked = services.book_appointment(by=by, doctor=doctor, patient=patient, starts_at=slot.starts_at)
    assert (booked.status, booked.starts_at, booked.ends_at) == (Status.BOOKED, slot.starts_at, slot.ends_at)
    assert booked.booked_by == by
    assert slot not in free_times(doctor)


@pytest.mark.parametrize(("log_in", "statements"), [(False, 4), (True, 5)])
def test_booking_takes_four_statements_and_one_more_when_somebody_is_told_within_the_site(
    django_assert_max_num_queries: Any, log_in: bool, statements: int
) -> None:
    facts = {} if log_in else {"member__user": None}
    doctor, patient, by = (
        doctor_with_hours(),
        PatientFactory(member__email="a@b.example", **facts),
        MemberFactory(),
    )
    # The third day from now: a doctor is told of today and tomorrow only.
    starts_at = free_times(doctor)[40].starts_at
    # In a request the directory of clinics knows it already.
    connection.tenant.host()
    with django_assert_max_num_queries(statements):
        services.book_appointment(by=by, doctor=doctor, patient=patient, starts_at=starts_at)


def test_a_time_that_is_not_offered_is_refused() -> None:
    doctor = doctor_with_hours()
    odd = free_times(doctor)[0].starts_at + datetime.timedelta(minutes=7)
    with pytest.raises(Refusal) as refusal:
        services.book_appointment(by=None, doctor=doctor, patient=PatientFactory(), starts_at=odd)
    assert refusal.value.field == "starts_at"


def test_staff_may_book_any_free_time_within_the_hours() -> None:
    doctor = doctor_with_hours()
    odd = free_times(doctor)[0].starts_at + datetime.timedelta(minutes=7)
    booked = services.book_appointment(
        by=None, doctor=doctor, patient=PatientFactory(), starts_at=odd, minutes=20
    )
    assert booked.ends_at - booked.starts_at == datetime.timedelta(minutes=20)


@pytest.mark.parametrize("hour", [6, 17, 20])
def test_no_visit_reaches_out_of_the_hours(hour: int) -> None:
    doctor = doctor_with_hours()
    day = timezone.localdate() + datetime.timedelta(days=2)
    outside = datetime.datetime.combine(day, datetime.time(hour, 45), timezone.get_current_timezone())
    with pytest.raises(Refusal):
        services.book_appointment(
            by=None, doctor=doctor, patient=PatientFactory(), starts_at=outside, minutes=30
        )


def test_a_taken_time_is_refused_with_a_sentence() -> None:
    doctor = doctor_with_hours()
    starts_at = free_times(doctor)[0].starts_at
    services.book_appointment(by=None, doctor=doctor, patient=PatientFactory(), starts_at=starts_at)
    with pytest.raises(Refusal, match="not free any more"):
        services.book_appointment(by=None, doctor=doctor, patient=PatientFactory(), starts_at=starts_at)
    with pytest.raises(Refusal, match="not free any more"):
        services.book_appointment(
            by=None, doctor=doctor, patient=PatientFactory(), starts_at=starts_at, minutes=30
        )


def test_a_patient_is_not_in_two_places_at_once() -> None:
    patient, one, other = PatientFactory(), doctor_with_hours(), doctor_with_hours()
    starts_at = free_times(one)[0].starts_at
    services.book_appointment(by=None, doctor=one, patient=patient, starts_at=starts_at)
    with pytest.raises(Refusal, match="already has a visit"):
        services.book_appointment(by=None, doctor=other, patient=patient, starts_at=starts_at)


@pytest.mark.parametrize("shared", ["doctor", "patient"])
@pytest.mark.parametrize("shift", [-20, 0, 20])
def test_the_database_refuses_an_overlapping_row(shared: str, shift: int) -> None:
    booked = AppointmentFactory()
    starts_at = booked.starts_at + datetime.timedelta(minutes=shift)
    with pytest.raises(IntegrityError, match=f"appointment_{shared}_overlap"), transaction.atomic():
        AppointmentFactory(**{shared: getattr(booked, shared)}, starts_at=starts_at)


def test_back_to_back_is_no_overlap() -> None:
    booked = AppointmentFactory()
    AppointmentFactory(doctor=booked.doctor, patient=booked.patient, starts_at=booked.ends_at)
    AppointmentFactory(doctor=booked.doctor, starts_at=booked.starts_at - HALF_HOUR)


def test_an_appointment_is_never_moved_in_place() -> None:
    booked = AppointmentFactory()
    with pytest.raises(IntegrityError, match="moved by making a new one"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling_appointment SET starts_at = starts_at - interval '1 hour' WHERE id = %s",
            [booked.pk],
        )


def test_a_request_holds_its_time_until_a_deadline_before_the_visit() -> None:
    appointment = requested()
    assert appointment.status == Status.PENDING
    assert appointment.source == Source.PUBLIC
    assert timezone.now() < appointment.held_until <= appointment.starts_at
    taken = [slot.starts_at for slot in free_times(appointment.doctor)]
    assert appointment.starts_at not in taken


def test_the_same_person_asks_twice_and_stays_one_patient() -> None:
    first = requested()
    second = requested(number=1, email="ADA@example.com")
    assert first.patient == second.patient


def test_a_stranger_is_not_told_that_somebody_is_a_patient() -> None:
    first = requested()
    other = doctor_with_hours()
    with pytest.raises(Refusal) as refusal:
        services.request_appointment(
            doctor=other,
            starts_at=first.starts_at,
            given_name="Ada",
            family_name="Obi",
            email="ada@example.com",
            date_of_birth=datetime.date(1990, 2, 3),
        )
    assert "patient" not in str(refusal.value.message)


def test_a_refused_request_leaves_no_patient_behind() -> None:
    first = requested()
    with pytest.raises(Refusal):
        services.request_appointment(
            doctor=first.doctor,
            starts_at=first.starts_at,
            given_name="Late",
            email="late@example.com",
            date_of_birth=datetime.date(1990, 2, 3),
        )
    assert not Appointment.objects.filter(patient__member__given_name="Late").exists()


def test_a_doctor_who_takes_no_bookings_cannot_be_asked() -> None:
    doctor = doctor_with_hours(is_bookable=False)
    with pytest.raises(Refusal, match="cannot be booked"):
        requested(doctor)


def test_a_move_makes_a_new_appointment_that_the_old_one_points_to() -> None:
    doctor, by = doctor_with_hours(), MemberFactory()
    first, second = free_times(doctor)[:2]
    old = services.book_appointment(
        by=by, doctor=doctor, patient=PatientFactory(), starts_at=first.starts_at, reason="Cough"
    )
    moved = services.reschedule_appointment(old, by=by, starts_at=second.starts_at)
    old.refresh_from_db()
    assert (old.status, old.rescheduled_to) == (Status.RESCHEDULED, moved)
    assert (moved.status, moved.starts_at, moved.reason) == (Status.BOOKED, second.starts_at, "Cough")
    assert first in free_times(doctor)


def test_a_move_may_overlap_the_time_it_leaves() -> None:
    doctor = doctor_with_hours()
    slot = free_times(doctor)[2]
    old = services.book_appointment(
        by=None, doctor=doctor, patient=PatientFactory(), starts_at=slot.starts_at
    )
    quarter = datetime.timedelta(minutes=15)
    by = MemberFactory()
    moved = services.reschedule_appointment(old, by=by, starts_at=slot.starts_at + quarter, minutes=30)
    assert moved.starts_at == slot.starts_at + quarter


def test_a_refused_move_leaves_everything_as_it_was() -> None:
    doctor = doctor_with_hours()
    first, second = free_times(doctor)[:2]
    old = services.book_appointment(
        by=None, doctor=doctor, patient=PatientFactory(), starts_at=first.starts_at
    )
    services.book_appointment(by=None, doctor=doctor, patient=PatientFactory(), starts_at=second.starts_at)
    with pytest.raises(Refusal):
        services.reschedule_appointment(old, by=MemberFactory(), starts_at=second.starts_at)
    old.refresh_from_db()
    assert (old.status, old.rescheduled_to) == (Status.BOOKED, None)


def test_a_moved_request_stays_a_request() -> None:
    asked = requested()
    later = free_times(asked.doctor)[3]
    moved = services.reschedule_appointment(asked, by=MemberFactory(), starts_at=later.starts_at)
    assert (moved.status, moved.held_until is not None) == (Status.PENDING, True)


def test_a_suspended_clinic_takes_no_bookings() -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    starts_at = free_times(doctor)[0].starts_at
    connection.tenant.status = "suspended"
    with pytest.raises(Refusal, match="no bookings"):
        services.book_appointment(by=None, doctor=doctor, patient=patient, starts_at=starts_at)
