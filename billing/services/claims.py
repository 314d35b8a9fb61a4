"""Asking insurances for their part of an invoice, and what they answer. The invoice is locked first."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from billing.insurance.models import Policy
from billing.models import Claim, Invoice, Payment
from billing.models.claims import GIVEN_UP
from billing.services.payments import payable_amount, record_payment, sum_of
from clinic.models import Refusal, relayed
from clinic.money import NOTHING, in_coins


class Offer(NamedTuple):
    """A policy that may be asked, and for how much."""

    policy: Policy
    amount: Decimal


def offers(invoice: Invoice, *, together: bool = False) -> list[Offer]:
    """What the patient's valid policies would pay of the invoice: each asked alone, or all `together`.

    Each pays its share of what is invoiced and not credited, and never more than the patient still has to;
    together they pay one after the other.
    """
    total = invoice.total - sum_of(invoice.credit_notes)
    left = payable_amount(invoice)
    asked = invoice.claims.exclude(status__in=GIVEN_UP).values("policy")
    policies = Policy.objects.for_patient(invoice.patient_id).valid_on(day_of(invoice)).with_payer()
    found = []
    for policy in policies.filter(currency=invoice.currency).exclude(pk__in=asked):
        amount = min(policy.covers(total), left)
        if amount > NOTHING:
            found.append(Offer(policy, amount))
            left -= amount if together else NOTHING
    return found


def day_of(invoice: Invoice) -> date:
    """The day on which a policy has to hold: the visit's; without one, the invoice's; for a draft today."""
    visit = invoice.appointment.starts_at if invoice.appointment else None
    consulted = invoice.consultation.started_at if invoice.consultation else None
    return timezone.localdate(visit or consulted or invoice.issued_at)


@transaction.atomic
def claim_invoice(invoice: Invoice, *, by: Member | None, policy: Policy) -> Claim:
    """Ask the policy's payer for its part of an issued invoice; a second click gives the same claim back.

    Raises Refusal when the policy does not hold on the day of the visit, or nothing is left to be covered.
    """
    invoice = Invoice.objects.locked(invoice.pk)
    earlier = invoice.claims.exclude(status__in=GIVEN_UP).filter(policy=policy).first()
    if earlier:
        return earlier
    if not invoice.takes_payment:
        raise Refusal(_("Insurances are asked for their part of issued invoices."), "policy")
    offer = next((offer for offer in offers(invoice) if offer.policy == policy), None)
    if offer is None:
        raise Refusal(_("This policy does not hold for the invoice, or nothing is left for it."), "policy")
    claim = Claim(
        invoice=invoice,
        patient_id=invoice.patient_id,
        policy=policy,
        payer_id=policy.payer_id,
        amount=offer.amount,
        digits=invoice.digits,
        made_by=by,
    )
    with relayed(Claim):
        claim.save(force_insert=True)
    return claim


@transaction.atomic
def withdraw_claim(claim: Claim, *, by: Member | None) -> Claim:
    """Put a claim away that was not sent yet: the patient owes its part again."""
    return _locked(claim).move("withdraw_claim", withdrawn_at=timezone.now())


@transaction.atomic
def send_claims(*, by: Member | None, claims: Iterable[Claim]) -> list[Claim]:
    """Write down that these claims go to their payers now. All or none. Raises Refusal."""
    chosen = sorted(claims, key=lambda claim: claim.invoice_id)
    if not chosen:
        raise Refusal(_("Choose the claims that are sent."))
    return [send_claim(claim, by=by) for claim in chosen]


@transaction.atomic
def send_claim(claim: Claim, *, by: Member | None) -> Claim:
    """Write down that the claim goes to its payer now."""
    return _locked(claim).move("send_claim", sent_at=timezone.now(), sent_by=by)


@transaction.atomic
def accept_claim(claim: Claim, *, by: Member | None, amount: Decimal, reason: str = "") -> Claim:
    """The payer will pay `amount`: what it was asked for, or less for a reason; the patient owes the rest."""
    claim = _locked(claim)
    in_coins(amount, claim.digits)
    if not NOTHING < amount <= claim.amount:
        raise Refusal(_("An insurance accepts what it was asked for, or less."), "amount")
    if amount < claim.amount and not reason.strip():
        raise Refusal(_("Write down why the insurance pays less."), "reason")
    return claim.move("accept_claim", accepted_amount=amount, reason=reason.strip(), **_decided(by))


@transaction.atomic
def reject_claim(claim: Claim, *, by: Member | None, reason: str) -> Claim:
    """The payer will pay nothing: its part is the patient's again."""
    claim = _locked(claim)
    if not reason.strip():
        raise Refusal(_("Write down why the insurance pays nothing."), "reason")
    return claim.move("reject_claim", accepted_amount=None, reason=reason.strip(), **_decided(by))


@transaction.atomic
def pay_claim(claim: Claim, *, by: Member | None, key: str, reference: str = "") -> Claim:
    """The payer's money is here: a payment of what it accepted, and the claim is closed. Counts once.

    The same `key` gives the same claim back. Raises Refusal when the claim was not accepted, or is paid.
    """
    claim = _locked(claim)
    if claim.payment and claim.payment.idempotency_key == key:
        return claim
    Claim.TRANSITIONS.target("pay_claim", claim.status)
    facts: dict[str, Any] = {"method": Payment.Method.INSURANCE, "reference": reference}
    payment = record_payment(claim.invoice, by=by, key=key, amount=claim.agreed, **facts)
    return claim.move("pay_claim", payment=payment)


def _decided(by: Member | None) -> dict[str, Any]:
    return {"decided_at": timezone.now(), "decided_by": by}


def _locked(claim: Claim) -> Any:
    """The claim behind its invoice's lock, as every payment of it."""
    invoice = Invoice.objects.locked(claim.invoice_id)
    claim = Claim.objects.select_for_update(of=("self",)).select_related("payment").get(pk=claim.pk)
    claim.invoice = invoice
    return claim
