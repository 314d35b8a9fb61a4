"""The demo's letters about money: an invoice and a statement by e-mail, reminders, a note too many."""

from datetime import datetime, timedelta
from typing import Any

from billing.models import BillingPolicy, Invoice
from billing.models.reminders import due_for_reminder
from billing.services import (
    email_invoice,
    email_statement,
    record_payment,
    remind_of_invoice,
    update_billing_policy,
)
from clinic.demo.scene import Scene, at

# So many debtors were reminded already; the worker's daily round goes on from there.
REMINDED = 4


def send_letters(scene: Scene, now: datetime) -> None:
    """Once: what a desk sends, and what has gone out by itself."""
    if BillingPolicy.objects.current().reminds:
        return
    with at(now, scene.admin):
        rules = update_billing_policy(by=scene.admin, reminds=True, reminder_days=7, most_reminders=3)
    remind(rules, now)
    with at(now, scene.desk):
        newest = Invoice.objects.for_patient(scene.guest.pk).issued().order_by("-issued_at").first()
        if newest:
            email_invoice(newest, by=scene.desk, key="demo")
        period = {"first": now.date().replace(month=1, day=1), "last": now.date()}
        email_statement(scene.guest, by=scene.desk, key="demo", **period)
        hand_over_more(scene)


def remind(rules: BillingPolicy, now: datetime) -> None:
    """A few debtors were reminded a week ago, and again today."""
    earlier = now - timedelta(days=rules.reminder_days)
    for moment in (earlier, now):
        with at(moment, None):
            due = due_for_reminder(rules, moment.date()).with_people()
            reachable = due.exclude(patient__member__email="").order_by("number")
            for invoice in reachable[:REMINDED]:
                remind_of_invoice(invoice, by=None)


def hand_over_more(scene: Scene) -> None:
    """Somebody pays the rest of an invoice with too large a note, and leaves the change in the wallet."""
    unpaid = Invoice.objects.issued().filter(payments=None).with_paid().order_by("-number")[:20]
    owed = next((one for one in unpaid if one.payable > 0 and not one.claimed), None)
    if owed:
        amount = round(owed.payable + owed.total / 10, owed.digits)
        facts: dict[str, Any] = {"amount": amount, "method": "cash", "rest_to_wallet": True}
        record_payment(owed, by=scene.desk, key="demo rest", **facts)
