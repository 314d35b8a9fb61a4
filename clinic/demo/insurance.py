"""The demo's insurances: two of them, their members, and claims in every state."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.insurance.models import Payer, Policy
from billing.insurance.services import add_payer, add_policy
from billing.models import Charge, Claim, Invoice
from billing.services import (
    accept_claim,
    claim_invoice,
    draft_invoice,
    issue_invoice,
    pay_claim,
    reject_claim,
    send_claim,
    update_invoice,
    withdraw_claim,
)
from clinic.demo.scene import Scene, at
from clinic.money import rounded

# What becomes of the claims, the latest invoice first; the demo's own patient has an invoice among the first.
FATES = ("draft", "draft", "sent", "sent", "accepted", "less", "paid", "paid", "rejected", "withdrawn")


def ask_insurances(scene: Scene, now: datetime) -> None:
    """Once: who owes something turns out to be insured, and the insurance is asked for its part."""
    if Payer.objects.exists():
        return
    owed = Invoice.objects.filter(status="issued", payments=None, credit_notes=None)
    invoices = list(owed.with_people().order_by("-number")[: len(FATES)])
    with at(now - timedelta(minutes=30), scene.desk):
        payers = [add_payer(by=scene.desk, **facts) for facts in scene.plan["payers"]]
        see_split(scene, insure(scene, scene.guest, payers[0]))
        for number, (invoice, fate) in enumerate(zip(invoices, FATES, strict=False)):
            policies = invoice.patient.policies.all()
            policy = policies.first() or insure(scene, invoice.patient, payers[number % len(payers)])
            answer(scene, claim_invoice(invoice, by=scene.desk, policy=policy), fate)


def see_split(scene: Scene, policy: Policy) -> None:
    """The demo's own patient has an invoice of which the insurance is asked for its part."""
    drafted = draft_invoice(by=scene.desk, patient=scene.guest)
    fee = scene.doctors[0].consultation_fee or Decimal(100)
    lines = [Charge(what, Decimal(1), fee) for what in ("Telephone consultation", "Medical certificate")]
    update_invoice(drafted, by=scene.desk, lines=lines)
    issued = issue_invoice(drafted, by=scene.desk, due_on=scene.today + timedelta(days=14), policies=[policy])
    send_claim(issued.claims.get(), by=scene.desk)


def insure(scene: Scene, patient: Any, payer: Payer) -> Policy:
    """Write down the patient's card: four fifths of each invoice, or a fixed amount."""
    first = date(scene.today.year - 1, 1, 1)
    fee = max(doctor.consultation_fee for doctor in scene.doctors)
    share: dict[str, Any] = {"percent": Decimal(80), "maximum": fee * 4}
    if patient != scene.guest and scene.random.random() < 0.3:
        share = {"fixed": rounded(fee / 2, 0)}
    number = f"{payer.number}-{scene.random.randrange(100000, 999999)}"
    return add_policy(patient, by=scene.desk, payer=payer, member_number=number, valid_from=first, **share)


def answer(scene: Scene, claim: Claim, fate: str) -> None:
    """Let the claim come as far as its fate."""
    by = scene.desk
    if fate == "withdrawn":
        withdraw_claim(claim, by=by)
    if fate in ("draft", "withdrawn"):
        return
    send_claim(claim, by=by)
    if fate == "rejected":
        reject_claim(claim, by=by, reason="Not a member on the day of the visit.")
    elif fate == "less":
        half = rounded(claim.amount / 2, claim.digits)
        accept_claim(claim, by=by, amount=half, reason="Only half of it is covered.")
    elif fate != "sent":
        accept_claim(claim, by=by, amount=claim.amount)
    if fate == "paid":
        pay_claim(claim, by=by, key=f"demo {claim.pk}", reference="Transfer 88/11")
