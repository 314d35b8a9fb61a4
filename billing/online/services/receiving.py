"""What a provider tells, whether by itself or because it was asked: the only thing that makes money count."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from billing.models import Invoice, Payment
from billing.online.adapters import adapter_of
from billing.online.adapters.interface import Event, Unverified, What
from billing.online.models import OnlinePayment, PaymentProvider, WebhookEvent
from billing.online.models.events import Outcome
from billing.online.services.paying import (
    expire_online_payment,
    fail_online_payment,
    locked_behind_invoice,
)
from billing.online.services.refunds import end_refund
from billing.services import record_payment
from billing.services.payments import payable_amount
from billing.wallets.models import LedgerEntry
from billing.wallets.services import enter, wallet_of
from clinic.inbox.services import notify
from clinic.models import Refusal
from clinic.money import NOTHING
from clinic.notifications.outcomes import NotSentError

# After its time is over.
ASKED_FOR = timedelta(days=1)


@transaction.atomic
def receive_webhook(provider: PaymentProvider, *, headers: Mapping[str, str], body: bytes) -> str:
    """Take in a provider's message once, and act upon it; what became of it.

    Raises Unverified, with nothing stored, for what is not the provider's. The same message twice waits for
    the first one to be stored, and changes nothing.
    """
    event = adapter_of(provider).read_webhook(headers, body)
    if not event.id:
        raise Unverified("no number")
    online = OnlinePayment.objects.filter(provider=provider, reference=event.reference).first()
    message = WebhookEvent(
        provider=provider,
        event_id=event.id,
        kind=event.kind,
        body_hash=hashlib.sha256(body).hexdigest(),
        online_payment=online,
    )
    if not WebhookEvent.objects.insert_unless_taken(message):
        return Outcome.NOTHING
    message.outcome = act_on(event, provider, online)
    message.save(update_fields=["outcome"])
    return message.outcome


def act_on(event: Event, provider: PaymentProvider, online: OnlinePayment | None) -> str:
    """Do what follows from the event; its outcome. What is not about a payment of ours is nobody's matter."""
    if event.what in (What.REFUNDED, What.REFUND_FAILED):
        return Outcome.COUNTED if end_refund(event, provider) else Outcome.NOTHING
    if online is None:
        return Outcome.NOTHING
    if event.what == What.PAID:
        return _settled(event, online)
    if event.what in ENDS and online.is_live:
        ENDS[event.what](online, by=None)
        return Outcome.COUNTED
    return Outcome.NOTHING


ENDS = {What.FAILED: fail_online_payment, What.EXPIRED: expire_online_payment}


@transaction.atomic
def _settled(event: Event, online: OnlinePayment) -> str:
    online = locked_behind_invoice(online)
    if online.status == OnlinePayment.Status.SUCCEEDED:
        return Outcome.NOTHING
    if (event.amount, event.currency) != (online.amount, online.currency):
        _leave_to_people(online, _("The provider reports another amount than was asked for."))
        return Outcome.UNCLEAR
    try:
        settle_online_payment(online, by=None, their_payment=event.their_payment)
    except Refusal as refusal:
        _leave_to_people(online, str(refusal.message))
        return Outcome.UNCLEAR
    return Outcome.COUNTED


@transaction.atomic
def settle_online_payment(online: OnlinePayment, *, by: Member | None, their_payment: str) -> OnlinePayment:
    """The money has arrived: it pays what is open on the invoice, and what is more goes into the wallet.

    However often it is called, it counts once. Raises Refusal, with nothing stored, if neither can take it.
    """
    invoice = Invoice.objects.locked(online.invoice_id)
    online = OnlinePayment.objects.locked(online.pk)
    if online.status == OnlinePayment.Status.SUCCEEDED:
        return online
    owed = max(payable_amount(invoice), NOTHING) if invoice.takes_payment else NOTHING
    counted = min(owed, online.amount)
    payment = _pay(invoice, online, counted, their_payment) if counted else None
    rest = online.amount - counted
    if rest:
        _keep(invoice, online, rest)
    facts = {"payment": payment, "to_wallet": rest, "their_payment": their_payment, "problem": ""}
    return online.move("settle_online_payment", succeeded_at=timezone.now(), **facts)


def _pay(invoice: Invoice, online: OnlinePayment, amount: Decimal, their_payment: str) -> Payment:
    return record_payment(
        invoice,
        by=None,
        key=f"online {online.pk}",
        amount=amount,
        method=Payment.Method.ONLINE,
        reference=f"{online.provider} {their_payment or online.reference}"[:100],
    )


def _keep(invoice: Invoice, online: OnlinePayment, rest: Decimal) -> None:
    """What is not owed (any more) stays the patient's."""
    if wallet_of(invoice.patient).currency != online.currency:
        raise Refusal(_("The patient's wallet is in another currency: it cannot take what was paid."))
    enter(
        invoice.patient,
        LedgerEntry.Kind.CREDIT,
        rest,
        by=None,
        key=f"online {online.pk}",
        about_id=online.pk,
        method=LedgerEntry.Method.ONLINE,
        reference=invoice.reference,
    )


@transaction.atomic
def _leave_to_people(online: OnlinePayment, problem: str) -> None:
    """Say that somebody has to look: money may be with the provider that nothing here accounts for."""
    online = OnlinePayment.objects.locked(online.pk)
    online.problem = problem[:500]
    online.save(update_fields=["problem"])
    notify(
        kind="online_payment_unclear",
        to=Member.objects.desk(),
        facts={"number": online.invoice.reference},
        link=reverse("online:online_payment_list", urlconf="clinic.urls"),
        about_id=online.pk,
    )


def ask_provider(online: OnlinePayment) -> None:
    """Ask how a payment stands of which nothing was heard. Once its time is over it lapses, or is paid.

    Raises NotSentError, or Refusal, when nothing can be learned: it is asked about again, for a day.
    """
    OnlinePayment.objects.filter(pk=online.pk).update(asked_at=timezone.now())
    try:
        event = _asked(online)
    except (NotSentError, Refusal):
        if online.expires_at + ASKED_FOR < timezone.now():
            expire_online_payment(online, by=None)
        raise
    act_on(event, online.provider, online)
    online.refresh_from_db()
    if online.is_live and not online.problem and online.expires_at < timezone.now():
        expire_online_payment(online, by=None)


def _asked(online: OnlinePayment) -> Event:
    """What the provider says of this payment; of another one it says nothing that counts."""
    if online.status != OnlinePayment.Status.PENDING:
        return Event(What.OPEN)
    event = adapter_of(online.provider).ask(online.reference, online.their_reference)
    return event if event.reference == online.reference else Event(What.OPEN)
