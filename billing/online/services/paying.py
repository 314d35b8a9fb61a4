"""Beginning to pay an invoice online, and the ends that bring no money."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from accounts.members.models import Member
from billing.links import takes_online
from billing.models import Invoice
from billing.online.adapters import ADAPTERS, adapter_of
from billing.online.adapters.interface import Checkout, Opened
from billing.online.models import OnlinePayment, PaymentProvider
from billing.online.sealing import Keys
from billing.services.payments import payable_amount
from clinic.db.current import connection
from clinic.models import Refusal, relayed
from clinic.money import NOTHING
from clinic.notifications.outcomes import NotSentError

# Stripe lets a page stay open for half an hour at least; a minute more, for clocks that differ.
OPEN_FOR = timedelta(minutes=31)
# What lapses sooner is not gone on with: there would be no time to type a card's number.
ENOUGH = timedelta(minutes=5)


def offered_amount(invoice: Invoice) -> Decimal:
    """What may be paid online on the invoice: all that the patient is still to pay, or nothing."""
    return max(payable_amount(invoice), NOTHING) if invoice.takes_payment else NOTHING


@takes_online
def can_be_paid_online(invoice: Invoice) -> bool:
    """Whether the patient still owes something that a provider of the clinic takes."""
    return offered_amount(invoice) > NOTHING and PaymentProvider.objects.taking(invoice.currency).exists()


@transaction.atomic
def start_online_payment(
    invoice: Invoice, *, by: Member | None, key: str, provider: PaymentProvider
) -> OnlinePayment:
    """Begin to pay what is open now; a job then opens the provider's page.

    The same `key` counts once, and so does a second tab: what is being paid already is gone on with. Begun
    with another provider, or for another sum, the earlier attempt lapses. Raises Refusal when nothing is open
    or the provider does not serve this invoice.
    """
    invoice = Invoice.objects.locked(invoice.pk)
    earlier = OnlinePayment.objects.filter(idempotency_key=key).first()
    if earlier:
        return _same(earlier, invoice)
    amount = _charge(invoice, provider)
    live = OnlinePayment.objects.live().filter(invoice=invoice).select_for_update().first()
    if live:
        is_same = (live.provider_id, live.amount) == (provider.pk, amount)
        if is_same and live.expires_at > timezone.now() + ENOUGH:
            return live
        live.move("expire_online_payment")
    online = OnlinePayment(
        provider=provider,
        invoice=invoice,
        patient_id=invoice.patient_id,
        amount=amount,
        digits=invoice.digits,
        currency=invoice.currency,
        expires_at=timezone.now() + OPEN_FOR,
        idempotency_key=key,
    )
    online.reference = online.pk.hex
    with relayed(OnlinePayment):
        online.save(force_insert=True)
    job = app.configure_task("billing.online.jobs.open_online_checkout")
    job.defer(schema_name=connection.schema_name, online_payment_id=str(online.pk))
    return online


def _same(earlier: OnlinePayment, invoice: Invoice) -> OnlinePayment:
    if earlier.invoice_id != invoice.pk:
        raise Refusal(_("This form was already used for something else. Open the invoice again."))
    return earlier


def _charge(invoice: Invoice, provider: PaymentProvider) -> Decimal:
    """What is asked for: reckoned here and now, whatever a page has shown."""
    offered = offered_amount(invoice)
    if offered <= NOTHING:
        raise Refusal(_("Nothing is to be paid on this invoice any more."))
    if not PaymentProvider.objects.taking(invoice.currency).filter(pk=provider.pk).exists():
        raise Refusal(_("This invoice cannot be paid in this way. Choose another one, or ask the clinic."))
    return charge_of(provider, offered, invoice.currency)


def charge_of(provider: PaymentProvider, amount: Decimal, currency: str) -> Decimal:
    """What the provider takes for `amount`: where it cannot take so many decimals, a little more."""
    return ADAPTERS[provider.kind](Keys()).chargeable(amount, currency)


def open_checkout(online_payment_id: UUID | str) -> None:
    """Let the provider open its page. What cannot be opened has failed, and says so to whoever waits."""
    online = OnlinePayment.objects.with_people().get(pk=online_payment_id)
    if online.status != OnlinePayment.Status.CREATED:
        return
    try:
        opened = adapter_of(online.provider).start(checkout_of(online))
    except NotSentError as problem:
        fail_online_payment(online, by=None, problem=str(problem))
    except Refusal as refusal:
        fail_online_payment(online, by=None, problem=str(refusal.message))
    except ValueError:
        fail_online_payment(online, by=None, problem=_("The payment service does not take this amount."))
    else:
        note_opened(online, opened)


@transaction.atomic
def note_opened(online: OnlinePayment, opened: Opened) -> None:
    """The provider's page is there."""
    online = locked_behind_invoice(online)
    # Meanwhile it may have lapsed: then nobody is shown the page.
    if online.status == OnlinePayment.Status.CREATED:
        online.move("open_checkout", checkout_url=opened.url, their_reference=opened.their_reference)


def checkout_of(online: OnlinePayment) -> Checkout:
    """What the provider is told: number and sum, nothing of what it is for. Needs `with_people`."""
    clinic = connection.tenant
    return Checkout(
        reference=online.reference,
        amount=online.amount,
        currency=online.currency,
        title=_("Invoice %(number)s") % {"number": online.invoice.reference},
        email=online.patient.member.email or clinic.email or settings.DEFAULT_FROM_EMAIL,
        return_url=clinic.url(online.get_absolute_url()),
        expires_at=online.expires_at,
    )


@transaction.atomic
def fail_online_payment(online: OnlinePayment, *, by: Member | None, problem: str = "") -> OnlinePayment:
    """The attempt is over, and nothing was paid."""
    return locked_behind_invoice(online).move("fail_online_payment", problem=problem[:500])


@transaction.atomic
def expire_online_payment(online: OnlinePayment, *, by: Member | None) -> OnlinePayment:
    """Nobody paid in time."""
    return locked_behind_invoice(online).move("expire_online_payment")


def locked_behind_invoice(online: OnlinePayment) -> Any:
    """The row as it is now, locked; the invoice's lock is taken before it by all alike."""
    Invoice.objects.locked(online.invoice_id)
    return OnlinePayment.objects.locked(online.pk)
