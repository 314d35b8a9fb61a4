"""An invoice takes the fee that was agreed when the visit was booked."""

from decimal import Decimal

import pytest

from billing import services
from scheduling import services as scheduling
from tests.scheduling.factories import AppointmentFactory, PatientFactory, doctor_with_hours, free_times

pytestmark = pytest.mark.django_db


def test_the_agreed_fee_and_the_kind_of_visit_stand_on_the_invoice() -> None:
    doctor = doctor_with_hours(consultation_fee=Decimal(5000))
    kind = scheduling.add_appointment_type(by=None, name="Check-up", fee=Decimal(7500))
    visit = scheduling.book_appointment(
        by=None,
        doctor=doctor,
        patient=PatientFactory(),
        starts_at=free_times(doctor)[0].starts_at,
        appointment_type=kind,
    )
    scheduling.update_appointment_type(kind, by=None, fee=Decimal(9999))
    (line,) = services.draft_invoice(by=None, appointment=visit).lines.all()
    assert (line.description, line.unit_price) == (f"Check-up, {doctor.name}", Decimal(7500))


def test_a_visit_that_was_agreed_to_be_free_costs_nothing() -> None:
    visit = AppointmentFactory(fee=Decimal(0), doctor__consultation_fee=Decimal(5000))
    (line,) = services.draft_invoice(by=None, appointment=visit).lines.all()
    assert line.unit_price == 0


def test_a_visit_of_before_fees_were_agreed_costs_the_doctors_fee() -> None:
    visit = AppointmentFactory(doctor__consultation_fee=Decimal(5000))
    (line,) = services.draft_invoice(by=None, appointment=visit).lines.all()
    assert line.unit_price == 5000
