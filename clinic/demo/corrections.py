"""The demo's corrections: an invoice that was too high is credited, and what was paid of it given back."""

from datetime import datetime
from typing import Any

from billing.models import CreditNote, Invoice
from billing.services import credit_invoice, refund_payment
from clinic.demo.scene import Scene, at
from clinic.money import rounded


def correct_invoices(scene: Scene, now: datetime) -> None:
    """Once: of a paid invoice a quarter is taken off and given back, and an open one is taken back whole."""
    if CreditNote.objects.exists():
        return
    paid = Invoice.objects.filter(status="balanced", payments__status="completed").order_by("number").first()
    owed = Invoice.objects.filter(status="issued", payments=None).order_by("number").first()
    with at(now, scene.desk):
        if paid:
            quarter = rounded(paid.total / 4, paid.digits)
            facts: dict[str, Any] = {"by": scene.desk, "key": f"demo {paid.pk}", "amount": quarter}
            credit_invoice(paid, reason="The dressing was not needed.", **facts)
            payment = paid.payments.filter(status="completed", amount__gte=quarter).first()
            if payment:
                refund_payment(payment, method=payment.method, **facts)
        if owed:
            reason = "Written for the wrong patient."
            credit_invoice(owed, by=scene.desk, key=f"demo {owed.pk}", amount=owed.total, reason=reason)
