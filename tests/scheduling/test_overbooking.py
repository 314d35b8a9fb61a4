"""Booking beside another visit on purpose: permitted, reasoned, and seen by everybody who comes later."""

import datetime
import time
from collections.abc import Callable
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from clinic.models import Refusal
from scheduling import services
from scheduling.models import Appointment, AvailabilityRule, Mode, Source
from scheduling.services.times import Taken
from tests.scheduling.factories import (
    HALF_HOUR,
    AppointmentFactory,
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    free_times,
)

Browser = Callable[..., Any]


def booked(doctor: Any, number: int = 0, **facts: Any) -> Appointment:
    """A visit at one of the doctor's free times."""
    facts = {"starts_at": free_times(doctor)[number].starts_at, **facts}
    return services.book_appointment(by=None, doctor=doctor, patient=PatientFactory(), **facts)


@pytest.mark.django_db
def test_a_taken_time_is_booked_beside_the_other_visit_with_a_reason_only() -> None:
    doctor = doctor_with_hours()
    first = booked(doctor)
    with pytest.raises(Taken):
        booked(doctor, starts_at=first.starts_at)
    second = booked(doctor, starts_at=first.starts_at, overbook_reason="Fever, sent by the school")
    assert (second.starts_at, second.ends_at) == (first.starts_at, first.ends_at)
    assert (first.is_overbooked, second.is_overbooked) == (False, True)


@pytest.mark.django_db
def test_a_reason_makes_no_overbooking_where_the_time_is_free() -> None:
    assert not booked(doctor_with_hours(), overbook_reason="In a hurry").is_overbooked


@pytest.mark.django_db
def test_nobody_overbooks_outside_the_hours_or_twice_the_same_patient() -> None:
    doctor = doctor_with_hours()
    first = booked(doctor)
    night = first.starts_at.replace(hour=1)
    with pytest.raises(Refusal, match="does not work"):
        booked(doctor, starts_at=night, minutes=20, overbook_reason="Urgent")
    with pytest.raises(Refusal, match="already has a visit"):
        services.book_appointment(
            by=None,
            doctor=doctor,
            patient=first.patient,
            starts_at=first.starts_at,
            overbook_reason="So",
        )


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.PATIENT, Role.AGENT, Role.CAREGIVER])
def test_only_the_team_overbooks(role: str) -> None:
    first = booked(doctor_with_hours())
    with pytest.raises(Refusal, match="may not book two") as refusal:
        services.book_appointment(
            by=MemberFactory(role=role),
            doctor=first.doctor,
            patient=PatientFactory(),
            starts_at=first.starts_at,
            overbook_reason="Please",
        )
    assert refusal.value.field == "overbook_reason"


@pytest.mark.django_db
def test_who_comes_later_is_not_booked_beside_an_overbooked_visit() -> None:
    """Sabotage: without the guard `beside` the second half of the overbooked visit is given away."""
    doctor = doctor_with_hours()
    first = booked(doctor)
    booked(doctor, starts_at=first.starts_at, minutes=60, overbook_reason="Fever")
    with pytest.raises(Taken):
        booked(doctor, starts_at=first.ends_at, minutes=20)
    assert Appointment.objects.for_doctor(doctor).count() == 2


def test_overbooking_and_booking_at_once_never_overlap_unseen(race: Callable[..., Any]) -> None:
    doctor = doctor_with_hours()
    patients = PatientFactory.create_batch(40)
    slots = free_times(doctor)[:40:4]
    for slot in slots:
        booked(doctor, starts_at=slot.starts_at)

    def act(number: int) -> Appointment:
        slot, beside = slots[number // 4], number % 2 == 0
        return services.book_appointment(
            by=None,
            doctor=doctor,
            patient=patients[number],
            starts_at=slot.starts_at if beside else slot.ends_at,
            minutes=60 if beside else 30,
            overbook_reason="Urgent" if beside else "",
        )

    results = race(40, act)
    assert {type(result) for result in results} <= {Appointment, Taken}
    held = list(Appointment.objects.for_doctor(doctor).holding())
    for visit in held:
        over = [other for other in held if other != visit and _overlap(visit, other)]
        assert visit.is_overbooked or all(other.is_overbooked for other in over)
        # Whoever was not told to book beside others came before those who were.
        assert visit.is_overbooked or all(other.created_at > visit.created_at for other in over)


def test_a_booking_waits_for_the_overbooking_that_is_not_stored_yet(race: Callable[..., Any]) -> None:
    """Sabotage: without the lock of the guard `beside` the booking does not see it, and stands beside it."""
    doctor, patients, stored = doctor_with_hours(), PatientFactory.create_batch(2), Event()
    first = booked(doctor)

    def act(number: int) -> Appointment:
        facts = {"by": None, "doctor": doctor, "patient": patients[number]}
        if number:
            stored.wait()
            return services.book_appointment(**facts, starts_at=first.ends_at, minutes=30)
        with transaction.atomic():
            beside = services.book_appointment(
                **facts, starts_at=first.starts_at, minutes=60, overbook_reason="Urgent"
            )
            stored.set()
            time.sleep(1)
            return beside

    overbooked, refused = race(2, act)
    assert overbooked.is_overbooked
    assert isinstance(refused, Taken)


def _overlap(one: Appointment, other: Appointment) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"fee": 1}, {"source": Source.PORTAL}, {"overbook_reason": "Because"}], ids=str
)
def test_what_was_agreed_stays(change: dict[str, Any]) -> None:
    visit = AppointmentFactory()
    with pytest.raises(IntegrityError, match="What was agreed"), transaction.atomic():
        Appointment.objects.filter(pk=visit.pk).update(**change)


@pytest.mark.django_db
def test_a_time_of_ones_own_has_the_usual_pause_and_place() -> None:
    doctor = doctor_with_hours()
    AvailabilityRule.objects.filter(doctor=doctor).update(buffer_minutes=10, mode=Mode.VIRTUAL)
    visit = booked(doctor, minutes=20)
    assert (visit.mode, visit.busy_until) == (Mode.VIRTUAL, visit.ends_at + datetime.timedelta(minutes=10))


@pytest.mark.django_db
def test_a_kind_that_is_not_offered_is_not_booked() -> None:
    doctor = doctor_with_hours()
    kind = services.add_appointment_type(by=None, name="Check-up", is_public=False)
    with pytest.raises(Refusal, match="not offered"):
        booked(doctor, appointment_type=kind, source=Source.PORTAL)
    services.adapt_appointment_type(kind, by=None, doctor=doctor, is_offered=False)
    with pytest.raises(Refusal, match="does not offer"):
        booked(doctor, appointment_type=kind, minutes=30)
    other = doctor_with_hours()
    visit = booked(other, appointment_type=kind)
    with pytest.raises(Refusal, match="does not offer"):
        services.reschedule_appointment(
            visit, by=None, doctor=doctor, starts_at=free_times(doctor)[3].starts_at
        )
    kind = services.retire_appointment_type(kind, by=None)
    with pytest.raises(Refusal, match="not offered"):
        booked(other, 5, appointment_type=kind)


@pytest.mark.django_db
def test_the_desk_sees_the_fee_before_booking_and_the_visit_keeps_it(client_for: Browser) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    services.add_appointment_type(by=None, name="Visit", position=1)
    kind = services.add_appointment_type(by=None, name="Check-up", minutes=60, fee=Decimal(7500))
    desk = client_for(MemberFactory())
    page = reverse("scheduling:book_appointment")
    shown = desk.get(page, {"patient": patient.pk, "doctor": doctor.pk, "type": kind.pk}).content.decode()
    assert "7,500" in shown
    assert "Check-up" in shown
    slot = free_times(doctor)[0]
    data = {"patient": patient.pk, "doctor": doctor.pk, "appointment_type": kind.pk}
    assert desk.send(page, {**data, "starts_at": slot.starts_at.isoformat()}).status_code == 302
    visit = Appointment.objects.get(patient=patient)
    assert (visit.fee, visit.ends_at - visit.starts_at) == (Decimal(7500), 2 * HALF_HOUR)
    services.update_appointment_type(kind, by=None, fee=Decimal(9000))
    sheet = desk.get(reverse("scheduling:day"), {"on": f"{timezone.localdate(visit.starts_at)}"})
    assert "Check-up" in sheet.content.decode()
    assert "7,500" in desk.get(reverse("scheduling:appointment", args=[visit.pk])).content.decode()


@pytest.mark.django_db
def test_the_page_offers_to_overbook_only_after_the_time_was_refused(client_for: Browser) -> None:
    first = booked(doctor_with_hours())
    desk = client_for(MemberFactory())
    page, why = reverse("scheduling:book_appointment"), 'name="overbook_reason"'
    patient = PatientFactory()
    data = {"patient": patient.pk, "doctor": first.doctor_id, "starts_at": first.starts_at.isoformat()}
    assert why not in desk.get(page, data).content.decode()
    refused = desk.send(page, data).content.decode()
    assert why in refused
    assert f'value="{first.starts_at.isoformat()}" required checked' in refused
    assert desk.send(page, {**data, "overbook_reason": "Fever"}).status_code == 302
    assert Appointment.objects.get(patient=patient).overbook_reason == "Fever"


@pytest.mark.django_db
def test_another_time_needs_no_length_when_the_kind_has_one(client_for: Browser) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    kind = services.add_appointment_type(by=None, name="Check-up", minutes=50)
    odd = timezone.localtime(free_times(doctor)[0].starts_at) + datetime.timedelta(minutes=7)
    data = {"patient": patient.pk, "doctor": doctor.pk, "other_time": f"{odd:%Y-%m-%dT%H:%M}"}
    page, desk = reverse("scheduling:book_appointment"), client_for(MemberFactory())
    assert desk.send(page, {**data, "appointment_type": kind.pk}).status_code == 302
    visit = Appointment.objects.get(patient=patient)
    assert visit.ends_at - visit.starts_at == datetime.timedelta(minutes=50)


@pytest.mark.django_db
def test_the_desk_names_the_agent_who_brought_the_patient(client_for: Browser) -> None:
    from accounts.members.models import AgentProfile

    doctor, patient = doctor_with_hours(), PatientFactory()
    agent = AgentProfile.objects.create(member=MemberFactory(role=Role.AGENT))
    data = {"patient": patient.pk, "doctor": doctor.pk, "agent": agent.pk}
    data["starts_at"] = free_times(doctor)[0].starts_at.isoformat()
    desk = client_for(MemberFactory())
    page = reverse("scheduling:book_appointment")
    assert 'name="agent"' in desk.get(page, {"patient": patient.pk, "doctor": doctor.pk}).content.decode()
    assert desk.send(page, data).status_code == 302
    visit = Appointment.objects.get(patient=patient)
    assert (visit.agent, visit.source) == (agent, Source.RECEPTION)
