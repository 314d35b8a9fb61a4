"""Doctors with hours, patients and visits to test with."""

import datetime
from typing import Any

import factory
from django.db.models import F
from django.utils import timezone

from accounts.members.models import DoctorProfile, Member, PatientProfile
from accounts.members.roles import Role
from accounts.models import User
from scheduling import services
from scheduling.models import (
    TRANSITIONS,
    Appointment,
    AvailabilityException,
    AvailabilityRule,
    Slot,
    Source,
    Status,
    WaitingListEntry,
    free_slots,
)
from scheduling.models.states import INITIAL

HALF_HOUR = datetime.timedelta(minutes=30)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"calendar{number}@example.com")
    name = factory.Faker("name")
    password = "!"


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Member

    user = factory.SubFactory(UserFactory)
    role = Role.RECEPTIONIST
    given_name = factory.Faker("first_name")
    family_name = factory.Faker("last_name")
    email = factory.SelfAttribute("user.email")


class DoctorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DoctorProfile

    member = factory.SubFactory(MemberFactory, role=Role.DOCTOR)
    specialisation = "General practice"
    licence_number = factory.Sequence(lambda number: f"CAL-{number:05d}")
    consultation_fee = 5000


class PatientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PatientProfile

    member = factory.SubFactory(MemberFactory, role=Role.PATIENT)
    number = factory.Sequence(lambda number: f"C-{number:05d}")
    date_of_birth = datetime.date(1980, 5, 12)

    @classmethod
    def create_batch(cls, size: int, **facts: Any) -> list[PatientProfile]:
        """Many patients, in one statement a table."""
        patients = cls.build_batch(size, **facts)
        members = [patient.member for patient in patients]
        User.objects.bulk_create(member.user for member in members if member.user)
        Member.objects.bulk_create(members)
        return PatientProfile.objects.bulk_create(patients)


class RuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AvailabilityRule

    doctor = factory.SubFactory(DoctorFactory)
    weekday = 1
    starts = datetime.time(9)
    ends = datetime.time(12)
    slot_minutes = 30
    valid_from = datetime.date(2026, 1, 1)


class ExceptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AvailabilityException

    doctor = factory.SubFactory(DoctorFactory)
    kind = AvailabilityException.Kind.LEAVE


class AppointmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Appointment

    doctor = factory.SubFactory(DoctorFactory)
    patient = factory.SubFactory(PatientFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda visit: visit.starts_at + HALF_HOUR)
    status = Status.BOOKED
    source = Appointment.Source.RECEPTION


def doctor_of(patient: PatientProfile) -> DoctorProfile:
    """A doctor who has the patient in care, by a visit."""
    visit: Appointment = AppointmentFactory(patient=patient)
    return visit.doctor


def doctor_with_hours(**facts: Any) -> DoctorProfile:
    """A doctor who works from eight to six, every day of the week from tomorrow on.

    Not today: what is free today depends on the hour at which the tests run.
    """
    doctor = DoctorFactory(**facts)
    hours = {"starts": datetime.time(8), "ends": datetime.time(18)}
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    AvailabilityRule.objects.bulk_create(
        RuleFactory.build(doctor=doctor, weekday=weekday, valid_from=tomorrow, **hours)
        for weekday in range(1, 8)
    )
    return doctor


def free_times(doctor: DoctorProfile, days: int = 7) -> list[Slot]:
    """The doctor's free times from tomorrow on, in order of time."""
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    return free_slots([doctor.pk], tomorrow, tomorrow + datetime.timedelta(days=days))


def requested(doctor: DoctorProfile | None = None, number: int = 0, **person: Any) -> Appointment:
    """A request of a stranger for one of the doctor's free times, the first one tomorrow."""
    doctor = doctor or doctor_with_hours()
    facts = {
        "given_name": "Ada",
        "family_name": "Obi",
        "email": "ada@example.com",
        "date_of_birth": datetime.date(1990, 2, 3),
        **person,
    }
    return services.request_appointment(
        doctor=doctor, starts_at=free_times(doctor)[number].starts_at, **facts
    )


def paths() -> dict[str, list[str]]:
    """The shortest way from a first state to each state that can be reached, by the transition table."""
    found = {str(status): [str(status)] for status in INITIAL}
    while True:
        further = {
            new: [*found[old], new] for old, new in TRANSITIONS.pairs() if old in found and new not in found
        }
        if not further:
            return found
        found |= further


def in_state(status: str, **facts: Any) -> Appointment:
    """A visit that has come to `status` step by step, without the services."""
    now = timezone.now()
    needed: dict[str, dict[str, Any]] = {
        Status.PENDING: {"held_until": now + datetime.timedelta(hours=1)},
        Status.PROPOSED: {"held_until": now + datetime.timedelta(days=2), "source": Source.WAITLIST},
        Status.DECLINED: {"held_until": None, "declined_at": now, "decline_reason": "Full"},
        Status.ARRIVED: {"arrived_at": now},
        Status.CHECKED_IN: {"checked_in_at": now},
        Status.FULFILLED: {"fulfilled_at": now},
        Status.CANCELLED: {"held_until": None, "cancelled_at": now},
        Status.NOSHOW: {"noshow_at": now},
    }
    first, *steps = paths()[status]
    visit = AppointmentFactory(status=first, **needed.get(first, {}), **facts)
    if first == Status.PROPOSED:
        wish = WaitingListEntry.objects.create(patient=visit.patient, doctor=visit.doctor)
        wish.move("offer_time", appointment=visit)
    for step in steps:
        told = needed.get(step, {})
        if step == Status.RESCHEDULED:
            later = {"patient": visit.patient, "starts_at": visit.starts_at + datetime.timedelta(days=5)}
            told = {"held_until": None, "rescheduled_to": AppointmentFactory(**later)}
        Appointment.objects.filter(pk=visit.pk).update(status=step, sequence=F("sequence") + 1, **told)
    if first == Status.PROPOSED and steps:
        # What became of the offer became of the wish.
        WaitingListEntry.objects.filter(appointment=visit).update(status="waitlist", appointment=None)
    visit.refresh_from_db()
    return visit
