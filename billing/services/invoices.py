"""Drafting, editing, issuing and cancelling invoices."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import DoctorProfile, Member, PatientProfile
from billing.insurance.models import Policy
from billing.models import BillingPolicy, Charge, Invoice, InvoiceLine, InvoiceSeries
from billing.models.taxes import LONGEST_TO_PAY
from billing.services.claims import claim_invoice
from clinic.db.current import connection
from clinic.inbox.services import notify
from clinic.models import Refusal, relayed
from clinic.money import NOTHING, digits_of, rounded
from records.models import Consultation
from scheduling.models import Appointment

LONGEST_LINE = 200
# The name of the series that numbers credit notes.
CREDIT_NOTES = "Credit notes"
# What a column of money holds.
LARGEST = Decimal("99999999999.999")


@transaction.atomic
def draft_invoice(
    *,
    by: Member | None,
    patient: PatientProfile | None = None,
    appointment: Appointment | None = None,
    consultation: Consultation | None = None,
) -> Invoice:
    """A draft for a consultation, an appointment or just a patient; the first line is the visit's fee.

    What already has an invoice that was not cancelled gets that one back, so a second click makes no second
    invoice. Raises Refusal when nobody is named.
    """
    consultation = consultation or getattr(appointment, "consultation", None)
    appointment = appointment or (consultation.appointment if consultation else None)
    visit = consultation or appointment
    patient = visit.patient if visit else patient
    if patient is None:
        raise Refusal(_("Choose a patient."), "patient")
    currency = connection.tenant.currency
    policy = BillingPolicy.objects.current()
    invoice = Invoice(
        patient=patient,
        appointment=appointment,
        consultation=consultation,
        currency=currency,
        digits=digits_of(currency),
        tax_inclusive=policy.tax_inclusive,
    )
    with relayed(Invoice):
        if not Invoice.objects.insert_unless_taken(invoice):
            return _invoice_of(appointment, consultation)
        if visit:
            fee = _fee(appointment, visit.doctor, invoice.digits)
            _write_lines(invoice, [replace(fee, **policy.tax_of_lines)])
    return invoice


def _invoice_of(appointment: Appointment | None, consultation: Consultation | None) -> Invoice:
    about = Q(consultation=consultation) if consultation else Q()
    if appointment:
        about |= Q(appointment=appointment)
    # A draft made before the visit learns of the consultation, so that both lead to it.
    invoice = Invoice.objects.exclude(status=Invoice.Status.CANCELLED).select_for_update().get(about)
    if consultation and invoice.is_editable and invoice.consultation_id is None:
        invoice.consultation = consultation
        invoice.save(update_fields=["consultation"])
    return invoice


def _fee(appointment: Appointment | None, doctor: DoctorProfile, digits: int) -> Charge:
    """The fee that was reckoned when the visit was booked; where none was, the doctor's present one."""
    kind = appointment.appointment_type if appointment else None
    what = kind.name if kind else _("Consultation")
    agreed = appointment.fee if appointment else None
    price = doctor.consultation_fee or NOTHING if agreed is None else agreed
    line = _("%(what)s, %(doctor)s") % {"what": what, "doctor": doctor.member.name}
    return Charge(line[:LONGEST_LINE], Decimal(1), rounded(price, digits))


@transaction.atomic
def update_invoice(
    invoice: Invoice, *, by: Member | None, lines: Iterable[Charge], notes: str | None = None
) -> Invoice:
    """Let the draft have exactly these lines, in order, and this note. Raises Refusal once it is issued."""
    invoice = Invoice.objects.locked(invoice.pk)
    if not invoice.is_editable:
        raise Refusal(_("This invoice is no longer a draft, its lines stay as they are."))
    if notes is not None:
        invoice.notes = notes
    with relayed(InvoiceLine):
        _write_lines(invoice, lines)
    return invoice


def _write_lines(invoice: Invoice, charges: Iterable[Charge]) -> None:
    """Make the lines those of `charges`; only what differs is written, so the trail shows only that."""
    invoice.total = invoice.tax = NOTHING
    present = invoice.lines.all()
    for position, (line, charge) in enumerate(zip_longest(present, charges), start=1):
        if charge is None:
            line.delete()
            continue
        sums = charge.reckoned(invoice.digits, tax_inclusive=invoice.tax_inclusive)
        invoice.total += sums.amount
        invoice.tax += sums.tax
        # Before the line is stored: the database would speak of a numeric overflow.
        if invoice.total > LARGEST:
            raise Refusal(_("This comes to more than an invoice can hold. Check quantities and prices."))
        if line is None or line.charge != charge:
            terms = {"digits": invoice.digits, "tax_inclusive": invoice.tax_inclusive}
            line = line or InvoiceLine(invoice=invoice, position=position, **terms)
            line.write(charge).save()
    invoice.save(update_fields=["tax", "total", "notes"])


@transaction.atomic
def issue_invoice(
    invoice: Invoice, *, by: Member | None, due_on: date, policies: Iterable[Policy] = ()
) -> Invoice:
    """Close the invoice, number it and say when it is due; one of nothing is balanced at once.

    The payers of the patient's `policies` are asked for their parts, in the order in which they pay.

    The number is drawn behind the lock of its series' row: a transaction that fails gives it back.
    """
    invoice = Invoice.objects.locked(invoice.pk)
    Invoice.TRANSITIONS.target("issue_invoice", invoice.status)
    if due_on < timezone.localdate():
        raise Refusal(_("The day it is due must not be in the past."), "due_on")
    if due_on > timezone.localdate() + timedelta(days=LONGEST_TO_PAY):
        raise Refusal(_("The day it is due must be within a year. Check the year."), "due_on")
    if not invoice.lines.exists():
        raise Refusal(_("Write at least one line before you issue the invoice."))
    series = count_one(_series())
    now = timezone.now()
    invoice.move(
        "issue_invoice", series=series, number=series.last_number, issued_at=now, issued_by=by, due_on=due_on
    )
    if invoice.total == NOTHING:
        invoice.move("balance_invoice", balanced_at=now)
    for policy in sorted(policies, key=lambda policy: policy.priority):
        claim_invoice(invoice, by=by, policy=policy)
    _tell(invoice, by)
    return invoice


def _tell(invoice: Invoice, by: Member | None) -> None:
    """Tell a patient who signs in that there is an invoice."""
    notify(
        kind="your_invoice",
        to=[invoice.patient_id],
        by=by,
        facts={"number": invoice.reference},
        link=reverse("billing:invoice", args=[invoice.pk], urlconf="clinic.urls"),
        about_id=invoice.pk,
    )


def _series() -> InvoiceSeries:
    """The clinic's series of invoices, whatever it is called: the oldest that is not the credit notes'."""
    series = InvoiceSeries.objects.exclude(name=CREDIT_NOTES).order_by("created_at").first()
    return series or InvoiceSeries.objects.get_or_create(name="Invoices", defaults={"prefix": "INV-"})[0]


def count_one(series: InvoiceSeries) -> InvoiceSeries:
    """The series with its next number, locked until the transaction ends."""
    series = InvoiceSeries.objects.locked(series.pk)
    series.last_number += 1
    series.save(update_fields=["last_number"])
    return series


@transaction.atomic
def cancel_invoice(invoice: Invoice, *, by: Member | None, reason: str) -> Invoice:
    """Put a draft away, for a reason. Raises Refusal once it is issued: that takes a credit note."""
    invoice = Invoice.objects.locked(invoice.pk)
    return invoice.move("cancel_invoice", cancelled_at=timezone.now(), cancelled_by=by, cancel_reason=reason)
