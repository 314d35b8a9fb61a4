"""Visits and records to test with."""

from typing import Any

import factory
from django.utils import timezone

from accounts.members.models import Allergy
from records import services
from records.models import Consultation, Prescription
from tests.scheduling import factories as calendar
from tests.scheduling.factories import DoctorFactory, PatientFactory


class AllergyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Allergy

    patient = factory.SubFactory(PatientFactory)
    substance = factory.Sequence(lambda number: f"Penicillin {number}")


class AppointmentFactory(calendar.AppointmentFactory):
    """A visit that is about to begin."""

    starts_at = factory.LazyFunction(timezone.now)


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


ARNICA = {
    "medicine": "Arnica montana",
    "potency": "30C",
    "form": "globules",
    "dosage": "4 pellets",
    "frequency": "twice a day",
    "quantity": "1 vial of 10 g",
}


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
