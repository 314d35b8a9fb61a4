"""People, visits and records to test with."""

import datetime
from typing import Any

import factory
from django.utils import timezone

from accounts.members.models import Allergy, DoctorProfile, Member, PatientProfile
from accounts.members.roles import Role
from accounts.models import User
from records import services
from records.models import Consultation, Prescription
from scheduling.models import Appointment


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"person{number}@example.com")
    name = factory.Faker("name")
    password = "!"


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Member

    user = factory.SubFactory(UserFactory)
    role = Role.RECEPTIONIST
    given_name = factory.Faker("first_name")
    family_name = factory.Faker("last_name")


class DoctorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DoctorProfile

    member = factory.SubFactory(MemberFactory, role=Role.DOCTOR)
    specialisation = "General practice"
    licence_number = factory.Sequence(lambda number: f"MDCN-{number:05d}")


class PatientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PatientProfile

    member = factory.SubFactory(MemberFactory, role=Role.PATIENT)
    number = factory.Sequence(lambda number: f"T-{number:05d}")
    date_of_birth = datetime.date(1980, 5, 12)


class AllergyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Allergy

    patient = factory.SubFactory(PatientFactory)
    substance = factory.Sequence(lambda number: f"Penicillin {number}")


class AppointmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Appointment

    doctor = factory.SubFactory(DoctorFactory)
    patient = factory.SubFactory(PatientFactory)
    starts_at = factory.LazyFunction(timezone.now)
    ends_at = factory.LazyAttribute(lambda visit: visit.starts_at + datetime.timedelta(minutes=30))
    status = Appointment.Status.BOOKED
    source = Appointment.Source.RECEPTION


def begun(**people: Any) -> Consultation:
    """A consultation without an appointment, in progress, with something written."""
    doctor = people.get("doctor") or DoctorFactory()
    patient = people.get("patient") or PatientFactory()
    consultation = services.start_walk_in(patient, by=doctor.member)
    return services.save_consultation(
        consultation, by=doctor.member, complaints="Headache for two days", diagnosis="Tension headache"
    )


def signed(**people: Any) -> Consultation:
    """A signed consultation."""
    consultation = begun(**people)
    return services.sign_consultation(consultation, by=consultation.doctor.member)


ARNICA = {"medicine": "Arnica montana", "potency": "30C", "dosage": "4 pellets", "frequency": "twice a day"}


def drafted(consultation: Consultation | None = None, *items: dict[str, str]) -> Prescription:
    """A draft with one medicine, or with `items`."""
    consultation = consultation or begun()
    by = consultation.doctor.member
    draft = services.prescribe(consultation, by=by)
    return services.save_prescription(draft, by=by, notes="", items=items or (ARNICA,))


def handed_out(consultation: Consultation | None = None) -> Prescription:
    """An active prescription."""
    draft = drafted(consultation)
    return services.activate_prescription(draft, by=draft.doctor.member)
