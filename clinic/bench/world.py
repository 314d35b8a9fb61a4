"""What is measured on: two clinics of the same size, made with the product's own services and models."""

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, product
from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.members.models import DoctorProfile, Member, PatientProfile
from accounts.members.roles import Role
from accounts.members.services import register_patient, register_staff
from accounts.models import User
from accounts.second_factor.shown import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    FACTORS,
    METHOD,
    OWNER_SESSION_KEY,
    user_id_to_str,
)
from clinic.bench.pages import UUID, Page
from clinic.db.sessions import SessionStore
from records.models import Consultation
from records.services import (
    Answer,
    activate_prescription,
    check_prescription,
    prescribe,
    save_consultation,
    save_prescription,
    sign_consultation,
    start_walk_in,
)
from scheduling.models import Appointment, AvailabilityRule
from tenants.models import Organization
from tenants.services import fill_ready_schemas, provision_organization

DOCTORS, PATIENTS, BOOKINGS = 50, 100, 2000
WORKING_DAYS, SLOTS_A_DAY, SLOT = 5, 16, datetime.timedelta(minutes=30)
# What the timed day sheet lists, and how many consultations the timed chart has.
ROWS, CONSULTATIONS = 20, 10
WEEK = datetime.timedelta(days=7)
ZONE = ZoneInfo("Africa/Lagos")
FACTS = {"country": "NG", "currency": "NGN", "time_zone": ZONE.key, "locale": "en_NG"}


@dataclass(frozen=True)
class Clinic:
    """A clinic with people and visits, and who is signed in there."""

    organization: Organization
    other: str
    doctors: list[DoctorProfile]
    patients: list[PatientProfile]
    cookies: dict[str, str]
    monday: datetime.date

    @property
    def quiet_day(self) -> datetime.date:
        """The day whose sheet is timed."""
        return self.monday + WEEK

    def page(self, path: str, role: str = "", row: str = "", rows: Any = ()) -> Page:
        """A page of this clinic as somebody in `role` sees it."""
        host, name = self.organization.host(), self.organization.name
        cookie = self.cookies[role] if role else ""
        return Page(host, path, cookie, name, self.other, row, tuple(map(str, rows)))

    def day_sheet(self) -> Page:
        """The day at the front desk, with its rows."""
        with inside(self):
            rows = list(Appointment.objects.on(self.quiet_day).values_list("pk", flat=True))
        return self.page(
            f"/day/?on={self.quiet_day}", Role.RECEPTIONIST, f'href="/appointments/({UUID})/"', rows
        )

    def chart(self) -> Page:
        """The chart of the patient with a history, with its consultations."""
        patient = self.patients[0]
        with inside(self):
            rows = list(Consultation.objects.for_patient(patient).values_list("pk", flat=True))
        address = f"/patients/{patient.pk}/chart/?kind=consultation"
        return self.page(address, Role.DOCTOR, f'href="/consultations/({UUID})/"', rows)

    def frame(self) -> Page:
        """The frame of a page around nothing, for which the database is not asked."""
        return self.page("/bench/frame/")


@contextmanager
def inside(clinic: Clinic) -> Iterator[None]:
    """Be in the clinic, by its clock."""
    with tenant_context(clinic.organization), timezone.override(ZONE):
        yield


def build() -> tuple[Clinic, Clinic]:
    """Prepare the database of this process and open two clinics in it."""
    call_command("prepare_database", verbosity=0)
    call_command("migrate_schemas", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    fill_ready_schemas(2)
    return _open("Northern Clinic", "north", "Southern"), _open("Southern Clinic", "south", "Northern")


def _open(name: str, label: str, other: str) -> Clinic:
    organization = provision_organization(by=None, name=name, label=label, **FACTS)
    organization = Organization.objects.get(pk=organization.pk)
    user = User.objects.create_user(f"{label}@bench.example", name=f"Desk of {name}")
    with tenant_context(organization), timezone.override(ZONE):
        doctors = [add_doctor(label, number) for number in range(DOCTORS)]
        patients = [
            register_patient(by=None, given_name=f"{label.title()}er {number}", family_name="Ade")
            for number in range(PATIENTS)
        ]
        monday = coming_monday()
        desk = register_staff(by=None, role=Role.RECEPTIONIST, given_name="Rita", family_name="Desk")
        Member.objects.filter(pk__in=[desk.pk, doctors[0].pk]).update(user=user)
        cookies = {role.value: sign_in(user, role) for role in (Role.RECEPTIONIST, Role.DOCTOR)}
        open_hours(doctors, monday)
        _book(doctors, patients, monday)
        _treat(doctors[0], patients[0])
    return Clinic(organization, other, doctors, patients, cookies, monday)


def coming_monday() -> datetime.date:
    """The first day of the week to come."""
    return timezone.localdate() + datetime.timedelta(days=7 - timezone.localdate().weekday())


def add_doctor(label: str, number: int) -> DoctorProfile:
    """A doctor of the clinic in which we are."""
    member = register_staff(
        by=None,
        role=Role.DOCTOR,
        given_name=f"Doctor {number}",
        family_name=label.title(),
        specialisation="General practice",
        licence_number=f"{label}-{number}",
    )
    return DoctorProfile.objects.get(pk=member.pk)


def sign_in(user: User, role: str) -> str:
    """The cookies of the user's member in `role`: a session, and the token of its forms."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["member"] = str(Member.objects.get(user=user, role=role).pk)
    # A doctor has shown a second factor.
    Authenticator.objects.get_or_create(user=user, type=FACTORS[0], defaults={"data": {}})
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": METHOD, "type": FACTORS[0], "at": time.time()}]
    session[OWNER_SESSION_KEY] = user_id_to_str(user)
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF_TOKEN}"


CSRF_TOKEN = "b" * 32


def open_hours(doctors: list[DoctorProfile], monday: datetime.date) -> None:
    """Weekly hours: Monday to Friday from 9 to 12 and from 13 to 18."""
    windows = ((9, 12), (13, 18))
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(
            doctor=doctor,
            weekday=weekday,
            starts=datetime.time(starts),
            ends=datetime.time(ends),
            slot_minutes=30,
            valid_from=monday,
        )
        for doctor in doctors
        for weekday in range(1, WORKING_DAYS + 1)
        for starts, ends in windows
    )


def times(day: datetime.date, days: int = WORKING_DAYS) -> list[datetime.datetime]:
    """The starts of the visits a doctor offers on `days` days from `day` on."""
    hours = [hour for hour in range(9, 18) if hour != 12]
    return [
        datetime.datetime.combine(day + datetime.timedelta(days=number), datetime.time(hour, minute), ZONE)
        for number, hour, minute in product(range(days), hours, (0, 30))
    ]


def booked(
    doctor: DoctorProfile, patient: PatientProfile, starts_at: datetime.datetime, reason: str = ""
) -> Appointment:
    """A booked visit, not stored yet."""
    return Appointment(
        doctor=doctor,
        patient=patient,
        starts_at=starts_at,
        ends_at=starts_at + SLOT,
        status=Appointment.Status.BOOKED,
        source=Appointment.Source.RECEPTION,
        reason=reason,
    )


def _book(doctors: list[DoctorProfile], patients: list[PatientProfile], monday: datetime.date) -> None:
    """Half of the week, evenly, and a few rows on the quiet day; no patient twice at a time."""
    busy = product(times(monday)[::2], enumerate(doctors))
    week = [booked(doctor, patients[number], at) for at, (number, doctor) in islice(busy, BOOKINGS)]
    quiet = [
        booked(doctors[number], patients[number], at)
        for number, at in enumerate(times(monday + WEEK, 1)[:ROWS])
    ]
    quiet += [booked(doctors[n], patients[n], quiet[0].starts_at) for n in range(len(quiet), ROWS)]
    Appointment.objects.bulk_create(week + quiet)


def _treat(doctor: DoctorProfile, patient: PatientProfile) -> None:
    """Signed consultations, each with a prescription of two items."""
    for number in range(CONSULTATIONS):
        consultation = start_walk_in(patient, by=doctor.member)
        save_consultation(consultation, by=doctor.member, complaints=f"Complaint {number}", diagnosis="Cold")
        draft = prescribe(consultation, by=doctor.member)
        item = dict.fromkeys(("potency", "duration", "notes"), "") | {
            "dosage": "1 tablet",
            "frequency": "daily",
        }
        items = [{"medicine": f"Medicine {letter}", **item} for letter in "AB"]
        save_prescription(draft, by=doctor.member, notes="", items=items)
        answers = {found.key: Answer("Goes on", True) for found in check_prescription(draft).findings}
        activate_prescription(draft, by=doctor.member, overrides=answers)
        sign_consultation(consultation, by=doctor.member)
