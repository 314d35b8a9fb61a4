"""Correcting what was issued: a credit note, and money given back."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.members.models import Member
from billing.models import CreditNote, Invoice, InvoiceSeries, Payment, Refund
from billing.services.invoices import CREDIT_NOTES, count_one
from billing.services.payments import balance, claimed_amount, open_amount, sum_of
from billing.wallets.models import LedgerEntry
from billing.wallets.services import enter, in_currency
from clinic.models import Refusal, relayed
from clinic.money import NOTHING, in_coins, rounded

Sender = Callable[[Payment, Decimal], None]
# Asked before money goes back the way it came: a higher room knows what can be sent.
_senders: list[Sender] = []


def sends_back(check: Sender) -> Sender:
    """The function raises Refusal for a sum that cannot go back the way its payment came."""
    _senders.append(check)
    return check


@transaction.atomic
def credit_invoice(
    invoice: Invoice, *, by: Member | None, key: str, amount: Decimal, reason: str
) -> CreditNote:
    """Take `amount` off an issued invoice by a numbered credit note; what is open becomes less.

    The same `key` counts once. Raises Refusal for more than the invoice is about.
    """
    invoice = Invoice.objects.locked(invoice.pk)
    earlier = CreditNote.objects.filter(idempotency_key=key).select_related("series").first()
    if earlier:
        return _same(earlier, earlier.invoice_id == invoice.pk, amount)
    if not invoice.is_correctable:
        raise Refusal(_("Only an issued invoice is credited. A draft is changed or cancelled."))
    _some_coins(amount, invoice)
    if not reason.strip():
        raise Refusal(_("Say why the invoice is credited."), "reason")
    credited = sum_of(invoice.credit_notes) + amount
    if credited > invoice.total:
        raise Refusal(_("This is more than the invoice is about."), "amount")
    if claimed_amount(invoice) > max(open_amount(invoice) - amount, NOTHING):
        raise Refusal(
            _("An insurance is asked for a part of this. Withdraw or reject its claim first."), "amount"
        )
    own, _made = InvoiceSeries.objects.get_or_create(name=CREDIT_NOTES, defaults={"prefix": "CN-"})
    series = count_one(own)
    note = CreditNote(
        series=series,
        number=series.last_number,
        invoice=invoice,
        patient_id=invoice.patient_id,
        amount=amount,
        tax=_tax_of(invoice, credited) - sum_of(invoice.credit_notes, "tax"),
        digits=invoice.digits,
        reason=reason.strip(),
        issued_by=by,
        idempotency_key=key,
    )
    with relayed(CreditNote):
        note.save(force_insert=True)
    balance(invoice)
    return note


def _tax_of(invoice: Invoice, credited: Decimal) -> Decimal:
    """The share of the invoice's tax in what was credited of it: round(tax × credited / total).

    Reckoned for all credit notes together, so that those of a whole invoice come to the whole tax.
    """
    return rounded(invoice.tax * credited / invoice.total, invoice.digits)


@transaction.atomic
def refund_payment(
    payment: Payment, *, by: Member | None, key: str, amount: Decimal, method: str, reference: str = ""
) -> Refund:
    """Give back what was paid and is not owed any more, the way it came or into the patient's wallet.

    The same `key` counts once. Raises Refusal for more than was paid, or more than credit notes have freed.
    """
    invoice = Invoice.objects.locked(payment.invoice_id)
    payment = Payment.objects.locked(payment.pk)
    earlier = Refund.objects.filter(idempotency_key=key).first()
    if earlier:
        return _same(earlier, earlier.payment_id == payment.pk, amount)
    _refundable(payment, invoice, amount, method)
    refund = Refund(
        payment=payment,
        invoice=invoice,
        amount=amount,
        method=method,
        reference=reference,
        refunded_by=by,
        idempotency_key=key,
    )
    with relayed(Refund):
        refund.save(force_insert=True)
    if method == Refund.Method.WALLET:
        in_currency(invoice.patient, invoice.currency)
        enter(
            invoice.patient,
            LedgerEntry.Kind.REFUND,
            amount,
            by=by,
            key=f"refund {refund.pk}",
            about_id=refund.pk,
            reference=str(invoice),
        )
    return refund


def _refundable(payment: Payment, invoice: Invoice, amount: Decimal, method: str) -> None:
    if payment.status != Payment.Status.COMPLETED:
        raise Refusal(_("Only money that has arrived is given back."))
    if payment.method == Refund.Method.INSURANCE and method != payment.method:
        raise Refusal(_("What an insurance has paid goes back to the insurance."), "method")
    if method not in (payment.method, Refund.Method.WALLET):
        raise Refusal(_("Money goes back the way it came, or into the wallet."), "method")
    _some_coins(amount, invoice)
    if amount > payment.amount - sum_of(payment.refunds):
        raise Refusal(_("This is more than was paid."), "amount")
    if amount > -open_amount(invoice):
        raise Refusal(
            _("So much is owed: write a credit note for what is not, then give that back."), "amount"
        )
    if method == payment.method:
        for check in _senders:
            check(payment, amount)


def _some_coins(amount: Decimal, invoice: Invoice) -> None:
    if amount <= NOTHING:
        raise Refusal(_("The amount must be more than nothing."), "amount")
    in_coins(amount, invoice.digits)


def _same(earlier: Any, is_about_it: bool, amount: Decimal) -> Any:
    if not is_about_it or earlier.amount != amount:
        raise Refusal(_("This form was already used for something else. Open the invoice again."))
    return earlier
