"""An invoice takes the fee that was agreed when the visit was booked."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing import services
from billing.models import Invoice
from billing.models.invoices import FORGOTTEN_AFTER, uninvoiced
from records import services as records
from scheduling import services as scheduling
from tests.people import StaffFactory, with_login
from tests.records.factories import AppointmentFactory as VisitFactory
from tests.records.factories import begun, signed
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


def test_a_consultation_without_an_appointment_takes_one_click(
    client_for: Callable[..., Any],
) -> None:
    desk = client_for(with_login(StaffFactory()))
    patient = PatientFactory()
    consultation = signed(patient=patient, doctor=doctor_with_hours(consultation_fee=Decimal(5000)))
    begun()
    page = desk.get("/invoices/new/").content.decode()
    assert page.count("Draft invoice") == 1, "what is not signed is not finished"
    assert f'value="{consultation.pk}"' in page
    desk.send("/invoices/new/", {"consultation": consultation.pk})
    invoice = Invoice.objects.get()
    (line,) = invoice.lines.all()
    assert (invoice.patient, line.unit_price) == (patient, 5000)
    assert "Draft invoice" not in desk.get("/invoices/new/").content.decode()
    services.cancel_invoice(invoice, by=None, reason="Not done")
    assert str(consultation.pk) in desk.get("/invoices/new/").content.decode()


def test_a_consultation_whose_visit_is_invoiced_waits_for_no_invoice() -> None:
    visit = VisitFactory(doctor__consultation_fee=Decimal(5000))
    doctor = visit.doctor.member
    invoice = services.draft_invoice(by=None, appointment=visit)
    consultation = records.start_consultation(visit, by=doctor)
    records.save_consultation(consultation, by=doctor, diagnosis="Tension headache")
    records.sign_consultation(consultation, by=doctor)
    long_ago = timezone.now() - FORGOTTEN_AFTER
    assert not uninvoiced(long_ago).exists()
    services.cancel_invoice(invoice, by=None, reason="Not done")
    assert list(uninvoiced(long_ago)) == [consultation]
    assert not uninvoiced(timezone.now()).exists()


def test_a_visit_that_was_agreed_to_be_free_costs_nothing() -> None:
    visit = AppointmentFactory(fee=Decimal(0), doctor__consultation_fee=Decimal(5000))
    (line,) = services.draft_invoice(by=None, appointment=visit).lines.all()
    assert line.unit_price == 0


def test_a_visit_of_before_fees_were_agreed_costs_the_doctors_fee() -> None:
    visit = AppointmentFactory(doctor__consultation_fee=Decimal(5000))
    (line,) = services.draft_invoice(by=None, appointment=visit).lines.all()
    assert line.unit_price == 5000
