"""What patients are sent about money: the letter says how much and until when, the paper goes along.

A mailbox is not the clinic: what was charged for stays on the paper and behind the link.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.members.models import Member, PatientProfile
from accounts.members.models.guardianship import readers_of
from billing.links import pay_link
from billing.models import Invoice
from billing.models.statements import statements_of
from billing.papers import statement_pdf
from billing.sheets import invoice_pdf
from clinic.db.current import connection
from clinic.languages import speaking
from clinic.models import Refusal
from clinic.notifications.enclosures import Paper, encloses
from clinic.notifications.services import enqueue


@transaction.atomic
def email_invoice(invoice: Invoice, *, by: Member | None, key: str) -> Invoice:
    """Send the patient the invoice as a PDF, in the patient's language. The same `key` sends it once.

    Raises Refusal for a draft, and when no e-mail address is known.
    """
    invoice = told_of(invoice.pk)
    if not invoice.reference:
        raise Refusal(_("A draft is not sent. Issue the invoice first."))
    enqueue(
        kind="invoice",
        to=address_of(invoice.patient),
        template="billing/mail/invoice.txt",
        context=about_invoice(invoice),
        key=f"{invoice.pk} {key}",
        member_id=invoice.patient_id,
        about_id=invoice.pk,
        language=invoice.patient.language,
        enclosure={"paper": "invoice", "invoice": str(invoice.pk)},
    )
    return invoice


@transaction.atomic
def email_statement(
    patient: PatientProfile, *, by: Member | None, key: str, first: date, last: date
) -> PatientProfile:
    """Send the patient the statement of these days as a PDF. The same `key` sends it once.

    Raises Refusal when no e-mail address is known.
    """
    period = {"first": first.isoformat(), "last": last.isoformat()}
    enqueue(
        kind="statement",
        to=address_of(patient),
        template="billing/mail/statement.txt",
        context={**about(patient), "statements": statements_of(patient, first, last)},
        key=f"{patient.pk} {key}",
        member_id=patient.pk,
        about_id=patient.pk,
        language=patient.language,
        enclosure={"paper": "statement", "patient": str(patient.pk), **period},
    )
    return patient


@encloses("statement")
def draw_statement(enclosure: Mapping[str, Any]) -> Paper:
    """The statement of a period, in the patient's language."""
    patient = PatientProfile.objects.with_people().get(pk=enclosure["patient"])
    first, last = (date.fromisoformat(enclosure[name]) for name in ("first", "last"))
    with speaking(patient.language):
        content = statement_pdf(patient, first, last, connection.tenant)
    return Paper(f"{patient.number}_{first}_{last}.pdf", content)


@encloses("invoice")
def draw_invoice(enclosure: Mapping[str, Any]) -> Paper:
    """The invoice as it stands when the letter leaves, in the patient's language."""
    invoice = told_of(enclosure["invoice"])
    with speaking(invoice.patient.language):
        return Paper(f"{invoice.reference}.pdf", invoice_pdf(invoice, connection.tenant))


def told_of(pk: Any) -> Invoice:
    """The invoice with all that letters and papers say of it."""
    return Invoice.objects.with_people().with_paid().get(pk=pk)


def address_of(patient: PatientProfile) -> str:
    """Where letters reach the patient. Raises Refusal when nobody knows."""
    reader = readers_of(patient.member, verified=True)[0]
    if not reader.email:
        raise Refusal(_("This patient has no e-mail address. Enter one, or print the paper."))
    return reader.email


def about(patient: PatientProfile) -> dict[str, Any]:
    """What every letter about money begins and ends with."""
    return {"patient": patient, "clinic": connection.tenant}


def about_invoice(invoice: Invoice) -> dict[str, Any]:
    """What every letter about an invoice may say: how it stands, where it is seen and where it is paid."""
    links = {"link": page_of(invoice), "pay": pay_link(invoice)}
    return {"invoice": invoice, **about(invoice.patient), **links}


def page_of(invoice: Invoice) -> str:
    """The invoice's page, for whoever has a log-in."""
    if invoice.patient.member.user_id is None:
        return ""
    return connection.tenant.url(reverse("billing:invoice", args=[invoice.pk], urlconf="clinic.urls"))
