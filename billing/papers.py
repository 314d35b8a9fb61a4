"""Receipts and statements on paper."""

from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from accounts.members.models import PatientProfile
from billing.insurance.models import Payer
from billing.models import Invoice, Payment
from billing.models.statements import Line, Statement, statements_of
from billing.services.payments import rest_of, sum_of
from clinic.money import NOTHING
from clinic.pdf import letterhead, render_pdf
from clinic.templatetags.clinic import day, money
from tenants.models import Organization


class Receipt(NamedTuple):
    """What is confirmed to somebody who has paid."""

    payment: Payment
    # As it stands now: `with_people().with_paid()`.
    invoice: Invoice
    # What went into the wallet beside it, and what was given back since.
    rest: Any
    given_back: Any
    # Who paid, where it was not the patient.
    payer: Payer | None

    @property
    def received(self) -> Any:
        """What was handed over."""
        return self.payment.amount + self.rest

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Who paid what for, and how."""
        payment, patient = self.payment, self.invoice.patient
        return [
            (_("Received from"), self.payer.name if self.payer else patient.member.name),
            (_("Patient"), patient.member.name if self.payer else ""),
            (_("Patient number"), patient.number),
            (_("Received"), day(payment.received_at)),
            (_("Paid by"), str(payment.get_method_display())),
            (_("Reference"), payment.reference),
            (_("Taken by"), payment.received_by.name if payment.received_by else ""),
        ]

    @property
    def lines(self) -> list[tuple[str, Any]]:
        """For what it was."""
        whose = [(_("Invoice %(number)s") % {"number": self.invoice.reference}, self.payment.amount)]
        return [*whose, (_("Into the wallet"), self.rest)] if self.rest else whose

    @property
    def sums(self) -> list[tuple[str, Any]]:
        """What it comes to, and what is still to be paid."""
        named = [(_("Received"), self.received)]
        if self.given_back:
            named.append((_("Given back since"), -self.given_back))
        named.append((_("Still open on the invoice"), max(self.invoice.open, NOTHING)))
        if self.invoice.claimed:
            named.append((_("Of it the patient still pays"), self.invoice.payable))
        return named


def receipt_of(payment: Payment) -> Receipt:
    """The receipt of money that has arrived."""
    invoice = Invoice.objects.with_people().with_paid().get(pk=payment.invoice_id)
    payer = Payer.objects.filter(claims__payment=payment).first()
    return Receipt(payment, invoice, rest_of(payment), sum_of(payment.refunds), payer)


def receipt_pdf(receipt: Receipt, organization: Organization) -> bytes:
    """The PDF of a receipt."""
    currency = receipt.invoice.currency
    sheet = {
        "title": _("Receipt %(number)s") % {"number": receipt.payment.receipt_number},
        "clinic": letterhead(organization),
        "facts": receipt.facts,
        "accounts": [
            {
                "head": [_("For"), _("Amount")],
                "lines": [(what, money(amount, currency)) for what, amount in receipt.lines],
                "sums": [(what, money(amount, currency)) for what, amount in receipt.sums],
            }
        ],
    }
    return render_pdf("billing/account.typ", sheet)


def statement_pdf(patient: PatientProfile, first: date, last: date, organization: Organization) -> bytes:
    """The PDF of a patient's statement of the period."""
    sheet = {
        "title": _("Statement of account"),
        "clinic": letterhead(organization, has_bank=True),
        "facts": [
            (_("Patient"), patient.member.name),
            (_("Patient number"), patient.number),
            (_("From"), day(first)),
            (_("To"), day(last)),
        ],
        "accounts": [_account(one) for one in statements_of(patient, first, last)],
    }
    return render_pdf("billing/account.typ", sheet)


def _account(statement: Statement) -> dict[str, Any]:
    currency = statement.currency
    opening = (day(statement.first), _("Balance before"), "", "", money(statement.opening, currency))
    return {
        "head": [_("Date"), _("What"), _("Charged"), _("Paid or credited"), _("Balance")],
        "lines": [opening, *(_cells(line, currency) for line in statement.lines)],
        "sums": [
            (_("Charged"), money(statement.charged, currency)),
            (_("Paid"), money(statement.paid, currency)),
            (_("Balance on %(day)s") % {"day": day(statement.last)}, money(statement.closing, currency)),
            *_split(statement),
        ],
    }


def _split(statement: Statement) -> list[tuple[str, str]]:
    """Whose the balance is, while insurances are asked for a part of it."""
    if not statement.insured:
        return []
    parts = ((_("Asked of insurances"), statement.insured), (_("The patient still pays"), statement.owed))
    return [(name, money(amount, statement.currency)) for name, amount in parts]


def _cells(line: Line, currency: str) -> tuple[str, ...]:
    size = money(line.move.size, currency)
    more, less = (size, "") if line.move.is_charge else ("", size)
    return day(line.move.at), line.move.what, more, less, money(line.balance, currency)
