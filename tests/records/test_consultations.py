"""From the visit to the signature, and what follows it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.models import Refusal
from records import services
from records.models import Consultation
from scheduling.models import Appointment
from scheduling.services import cancel_appointment
from tests.people import StaffFactory
from tests.records.factories import AppointmentFactory, begun, handed_out, signed
from tests.scheduling.factories import DoctorFactory, PatientFactory

pytestmark = pytest.mark.django_db
S = Consultation.Status


def test_starting_checks_the_patient_in_and_happens_once() -> None:
    visit = AppointmentFactory()
    first = services.start_consultation(visit, by=visit.doctor.member)
    again = services.start_consultation(visit, by=visit.doctor.member)
    visit.refresh_from_db()
    assert first.pk == again.pk
    assert first.status == S.IN_PROGRESS
    assert visit.status == Appointment.Status.CHECKED_IN


def test_only_the_visits_own_doctor_starts_it() -> None:
    visit = AppointmentFactory()
    with pytest.raises(Refusal):
        services.start_consultation(visit, by=DoctorFactory().member)
    assert not Consultation.objects.exists()


def test_a_cancelled_visit_is_not_consulted() -> None:
    visit = AppointmentFactory(status=Appointment.Status.PENDING, held_until=timezone.now())
    with pytest.raises(Refusal):
        services.start_consultation(visit, by=visit.doctor.member)


def test_signing_ends_the_visit() -> None:
    visit = AppointmentFactory()
    consultation = services.start_consultation(visit, by=visit.doctor.member)
    services.save_consultation(consultation, by=visit.doctor.member, notes="Well.")
    done = services.sign_consultation(consultation, by=visit.doctor.member)
    visit.refresh_from_db()
    assert visit.status == Appointment.Status.FULFILLED
    assert done.signed_by == visit.doctor.member


def test_a_text_can_be_signed_although_the_desk_cancelled_the_visit() -> None:
    visit = AppointmentFactory()
    consultation = services.start_consultation(visit, by=visit.doctor.member)
    services.save_consultation(consultation, by=visit.doctor.member, notes="Well.")
    cancel_appointment(visit, by=StaffFactory())
    assert services.sign_consultation(consultation, by=visit.doctor.member).is_signed


def test_walk_in_goes_on_with_what_is_unfinished() -> None:
    doctor, patient = DoctorFactory(), PatientFactory()
    first = services.start_walk_in(patient, by=doctor.member)
    assert services.start_walk_in(patient, by=doctor.member).pk == first.pk
    services.save_consultation(first, by=doctor.member, notes="Well.")
    services.sign_consultation(first, by=doctor.member)
    assert services.start_walk_in(patient, by=doctor.member).pk != first.pk


def test_only_the_treating_doctor_writes() -> None:
    consultation, other = begun(), DoctorFactory().member
    for act in (
        lambda: services.save_consultation(consultation, by=other, plan="Mine"),
        lambda: services.sign_consultation(consultation, by=other),
        lambda: services.cancel_consultation(consultation, by=other, reason="Mine"),
        lambda: services.prescribe(consultation, by=other),
        lambda: services.save_consultation(consultation, by=None, plan="Nobody's"),
    ):
        with pytest.raises(Refusal):
            act()


def test_nothing_written_is_not_signed() -> None:
    doctor = DoctorFactory()
    blank = services.start_walk_in(PatientFactory(), by=doctor.member)
    with pytest.raises(Refusal):
        services.sign_consultation(blank, by=doctor.member)


def test_the_fingerprint_covers_what_was_signed() -> None:
    stored = Consultation.objects.get(pk=signed().pk)
    assert stored.content_hash == stored.fingerprint()
    for name in (*Consultation.TEXTS, "patient_id", "doctor_id"):
        changed = Consultation.objects.get(pk=stored.pk)
        setattr(changed, name, f"{getattr(changed, name)}x")
        assert changed.fingerprint() != stored.content_hash


def test_signed_text_is_added_to_and_nothing_else() -> None:
    consultation = signed()
    by = consultation.doctor.member
    services.add_addendum(consultation, by=by, text="Laboratory: normal.")
    with pytest.raises(Refusal):
        services.save_consultation(consultation, by=by, plan="Other")
    with pytest.raises(Refusal):
        services.cancel_consultation(consultation, by=by, reason="Second thoughts")
    assert [addendum.text for addendum in consultation.addenda.all()] == ["Laboratory: normal."]


def test_addenda_only_on_signed_ones() -> None:
    consultation = begun()
    with pytest.raises(Refusal):
        services.add_addendum(consultation, by=consultation.doctor.member, text="Too early")


def test_cancelling_needs_a_reason_and_no_prescription() -> None:
    consultation = begun()
    by = consultation.doctor.member
    with pytest.raises(Refusal) as refused:
        services.cancel_consultation(consultation, by=by, reason=" ")
    assert refused.value.field == "reason"
    handed_out(consultation)
    with pytest.raises(Refusal):
        services.cancel_consultation(consultation, by=by, reason="Wrong patient")


@pytest.mark.parametrize("verb", ["start_consultation", "sign_consultation", "cancel_consultation"])
@pytest.mark.parametrize("status", S.values)
def test_transitions_are_the_tables(verb: str, status: str) -> None:
    row = next(row for row in Consultation.TRANSITIONS.rows if row.verb == verb)
    if status in row.sources:
        assert Consultation.TRANSITIONS.target(verb, status) == row.target
    else:
        with pytest.raises(Refusal):
            Consultation.TRANSITIONS.target(verb, status)


def test_a_follow_up_comes_within_two_years() -> None:
    consultation = begun()
    by, today = consultation.doctor.member, timezone.localdate()
    with pytest.raises(ValidationError, match="within two years") as refused:
        services.save_consultation(consultation, by=by, follow_up_on=today + timedelta(days=732))
    assert set(refused.value.message_dict) == {"follow_up_on"}
    services.save_consultation(consultation, by=by, follow_up_on=today + timedelta(days=731))
    consultation.refresh_from_db()
    consultation.follow_up_on = today + timedelta(days=733)
    with pytest.raises(IntegrityError, match="within two years"), transaction.atomic():
        consultation.save()
