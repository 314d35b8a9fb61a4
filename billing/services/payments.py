"""Taking money for invoices."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from billing.models import Invoice, Payment
from billing.wallets.models import LedgerEntry
from billing.wallets.services import enter, in_currency, wallet_of
from clinic.models import Refusal, relayed
from clinic.money import NOTHING, in_coins

# Money that a patient hands over: of it a rest can be kept.
FROM_OUTSIDE = LedgerEntry.Method.values


def open_amount(invoice: Invoice) -> Decimal:
    """What is still to be paid on the invoice, and right now only if the caller holds its lock.

    Negative where a credit note came after the money: so much is to be given back.
    """
    owed = invoice.total - sum_of(invoice.credit_notes)
    return owed - sum_of(invoice.payments.completed()) + sum_of(invoice.refunds)


def payable_amount(invoice: Invoice) -> Decimal:
    """What the patient is still to pay: what is open and no insurance is asked for."""
    return open_amount(invoice) - claimed_amount(invoice)


def claimed_amount(invoice: Invoice) -> Decimal:
    """What insurances are asked for, and have neither paid nor rejected."""
    return sum_of(invoice.claims, "outstanding")


def sum_of(rows: Any, what: str = "amount") -> Decimal:
    """What these rows come to."""
    return rows.aggregate(sum=Sum(what, default=NOTHING))["sum"]


@transaction.atomic
def record_payment(
    invoice: Invoice,
    *,
    by: Member | None,
    key: str,
    amount: Decimal,
    method: str = Payment.Method.CASH,
    reference: str = "",
    is_received: bool = True,
    rest_to_wallet: bool = False,
) -> Payment:
    """Write down a payment: received, or announced and on its way. The last open amount balances the invoice.

    The same `key` counts once: the payment it made is returned. Raises Refusal for more than is open, and for
    announcing more than is open beside what is on its way already. With `rest_to_wallet`, of money that is
    handed over now, what is more than open goes into the patient's wallet.
    """
    invoice = Invoice.objects.locked(invoice.pk)
    earlier = Payment.objects.filter(idempotency_key=key).first()
    if earlier:
        return _same(earlier, invoice, amount)
    due = amount
    if rest_to_wallet and is_received and method in FROM_OUTSIDE:
        due = min(amount, payable_amount(invoice))
    _may_be_paid(invoice, due, method)
    if not is_received:
        _may_be_announced(invoice, due)
    payment = Payment(
        invoice=invoice,
        amount=due,
        method=method,
        reference=reference,
        idempotency_key=key,
        received_by=by,
    )
    payment.status = Payment.Status.COMPLETED if is_received else Payment.Status.PENDING
    payment.received_at = timezone.now() if is_received else None
    with relayed(Payment):
        payment.save(force_insert=True)
    if method == Payment.Method.WALLET:
        _take_from_wallet(payment, by)
    if amount > due:
        _put_into_wallet(payment, amount - due, by)
    balance(invoice)
    return payment


def rest_of(payment: Payment) -> Decimal:
    """What was handed over with this payment beyond what was open, and went into the wallet.

    Of what came online the entry is about the online payment, and has the key that the payment has.
    """
    beside = Q(about_id=payment.pk) | Q(idempotency_key=payment.idempotency_key, method=Payment.Method.ONLINE)
    return sum_of(LedgerEntry.objects.filter(beside, kind=LedgerEntry.Kind.CREDIT))


def _put_into_wallet(payment: Payment, rest: Decimal, by: Member | None) -> None:
    """The patient's wallet gets the rest: an entry of its ledger, in the same transaction."""
    invoice = payment.invoice
    if wallet_of(invoice.patient).currency != invoice.currency:
        raise Refusal(_("The wallet is kept in another currency. Take only what is open."), "amount")
    enter(
        invoice.patient,
        LedgerEntry.Kind.CREDIT,
        rest,
        by=by,
        key=f"rest {payment.pk}",
        about_id=payment.pk,
        method=payment.method,
        reference=payment.reference or invoice.reference,
    )


def _take_from_wallet(payment: Payment, by: Member | None) -> None:
    """The patient's wallet pays: an entry of its ledger, in the same transaction."""
    invoice = payment.invoice
    in_currency(invoice.patient, invoice.currency)
    enter(
        invoice.patient,
        LedgerEntry.Kind.DEBIT,
        -payment.amount,
        by=by,
        key=f"payment {payment.pk}",
        about_id=payment.pk,
        reference=invoice.reference,
    )


def _same(earlier: Payment, invoice: Invoice, amount: Decimal) -> Payment:
    if (earlier.invoice_id, earlier.amount + rest_of(earlier)) != (invoice.pk, amount):
        raise Refusal(_("This form was already used for another payment. Open the invoice again."))
    return earlier


def _may_be_paid(invoice: Invoice, amount: Decimal, method: str) -> None:
    if not invoice.takes_payment:
        raise Refusal(_("Nothing is to be paid on this invoice: look at its present state."))
    in_coins(amount, invoice.digits)
    if amount > open_amount(invoice):
        raise Refusal(_("This is more than is still open on the invoice."), "amount")
    if method != Payment.Method.INSURANCE and amount > payable_amount(invoice):
        raise Refusal(
            _("An insurance is asked for the rest. Withdraw or reject its claim first, or take less."),
            "amount",
        )


def _may_be_announced(invoice: Invoice, amount: Decimal) -> None:
    if amount > payable_amount(invoice) - sum_of(invoice.payments.pending()):
        raise Refusal(
            _("Together with the money on its way, this is more than is still open on the invoice."), "amount"
        )


def balance(invoice: Invoice) -> None:
    """Close the invoice when nothing is open on it any more."""
    if invoice.takes_payment and open_amount(invoice) <= NOTHING:
        invoice.move("balance_invoice", balanced_at=timezone.now())


@transaction.atomic
def complete_payment(payment: Payment, *, by: Member | None) -> Payment:
    """The announced money has arrived. Raises Refusal when the invoice was paid otherwise in the meantime."""
    invoice, payment = _locked(payment)
    Payment.TRANSITIONS.target("complete_payment", payment.status)
    if payment.amount > payable_amount(invoice):
        raise Refusal(
            _(
                "The patient owes less than this by now. Choose “It will not come”, take what is still open "
                "as a new payment, and top up the patient’s wallet with the rest."
            )
        )
    _may_be_paid(invoice, payment.amount, payment.method)
    payment.move("complete_payment", received_at=timezone.now(), received_by=by)
    balance(invoice)
    return payment


@transaction.atomic
def fail_payment(payment: Payment, *, by: Member | None) -> Payment:
    """The announced money will not come."""
    return _locked(payment)[1].move("fail_payment")


def _locked(payment: Payment) -> tuple[Any, Payment]:
    invoice = Invoice.objects.locked(payment.invoice_id)
    return invoice, Payment.objects.locked(payment.pk)
