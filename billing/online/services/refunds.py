"""Giving money back by way of the provider it came through."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.members.models import Member
from billing.models import Payment
from billing.online.adapters import adapter_of
from billing.online.adapters.interface import Event, GiveBack, What
from billing.online.models import OnlinePayment, OnlineRefund, PaymentProvider
from billing.online.models.refunds import Status
from billing.online.services.paying import charge_of
from billing.services.credits import sends_back
from clinic.inbox.services import notify
from clinic.models import Refusal
from clinic.notifications.outcomes import NotSentError, RefusedError, UncertainError


@sends_back
def can_be_sent_back(payment: Payment, amount: Decimal) -> None:
    """Raises Refusal for a sum with more decimals than the provider sends: it would be refused each time."""
    online = OnlinePayment.objects.filter(payment=payment).select_related("provider").first()
    if online and charge_of(online.provider, amount, online.currency) != amount:
        raise Refusal(
            _("The payment service cannot send the last decimal. Give that back into the wallet."), "amount"
        )


def send_online_refund(online: OnlineRefund) -> None:
    """Hand one refund over. It is noted as handed over before: rather not sent than sent twice."""
    taken = _take(online)
    if taken is None:
        return
    try:
        event = adapter_of(taken.online_payment.provider).refund(_order(taken))
    except UncertainError as problem:
        _note(taken, problem)
    except RefusedError as problem:
        fail_online_refund(taken, problem=str(problem))
    except NotSentError as problem:
        _move(taken, "postpone_online_refund", problem=str(problem)[:500])
    except Refusal as refusal:
        fail_online_refund(taken, problem=str(refusal.message))
    else:
        _answered(taken, event)


@transaction.atomic
def _take(online: OnlineRefund) -> OnlineRefund | None:
    locked = OnlineRefund.objects.locked(online.pk)
    return locked.move("send_online_refund") if locked.status == Status.ASKED else None


def _order(online: OnlineRefund) -> GiveBack:
    paid = online.online_payment
    return GiveBack(
        reference=paid.reference,
        their_payment=paid.their_payment,
        amount=online.refund.amount,
        currency=paid.currency,
        key=f"{online.pk.hex}-{online.rounds}",
    )


@transaction.atomic
def _move(online: OnlineRefund, verb: str, **facts: str) -> OnlineRefund:
    return OnlineRefund.objects.locked(online.pk).move(verb, **facts)


def _note(online: OnlineRefund, problem: NotSentError) -> None:
    """It may have been taken up: nobody sends it again before a person has looked at the provider's page."""
    OnlineRefund.objects.filter(pk=online.pk).update(problem=str(problem)[:500])


def _answered(online: OnlineRefund, event: Event) -> None:
    OnlineRefund.objects.filter(pk=online.pk).update(their_reference=event.their_refund, problem="")
    if event.what == What.REFUNDED:
        _move(online, "settle_online_refund")
    elif event.what == What.REFUND_FAILED:
        fail_online_refund(online, problem=_("The payment service could not send the money back."))


def end_refund(event: Event, provider: PaymentProvider) -> bool:
    """What the provider tells of a refund that it was given; whether it is one of ours, and news."""
    ends = [Status.SENT, Status.FAILED if event.what == What.REFUNDED else Status.SUCCEEDED]
    own = OnlineRefund.objects.filter(_named(event), online_payment__provider=provider, status__in=ends)
    # The one of that number before those of which no number is known, then the oldest.
    by_number = ["-their_reference"] if event.their_refund else []
    sent = own.order_by(*by_number, "created_at").first()
    if sent and event.what == What.REFUNDED:
        number = event.their_refund or sent.their_reference
        return bool(_move(sent, "settle_online_refund", problem="", their_reference=number))
    problem = _("The payment service could not send the money back.")
    return bool(sent and fail_online_refund(sent, problem=problem))


def _named(event: Event) -> Q:
    """The refund of the provider's number; where one of the two is not known, that of payment and sum."""
    number = Q(their_reference=event.their_refund) & ~Q(their_reference="")
    if not event.reference:
        return number
    alike = Q(online_payment__reference=event.reference, refund__amount=event.amount)
    return number | (alike & Q(their_reference="") if event.their_refund else alike)


@transaction.atomic
def fail_online_refund(online: OnlineRefund, *, problem: str) -> OnlineRefund:
    """The money is not on its way: the desk is told."""
    invoice = online.refund.invoice
    notify(
        kind="online_refund_failed",
        to=Member.objects.desk(),
        facts={"number": invoice.reference},
        link=reverse("billing:invoice", args=[invoice.pk], urlconf="clinic.urls"),
        about_id=online.pk,
    )
    return _move(online, "fail_online_refund", problem=problem[:500])


@transaction.atomic
def retry_online_refund(online: OnlineRefund, *, by: Member | None) -> OnlineRefund:
    """Try once more, as a new order."""
    online = OnlineRefund.objects.locked(online.pk)
    return online.move("retry_online_refund", rounds=online.rounds + 1, problem="", their_reference="")
