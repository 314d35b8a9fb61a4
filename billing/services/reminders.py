"""Reminding patients of overdue invoices: by the desk, and every day by itself as the clinic's rules say."""

from contextlib import suppress
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from billing.models import BillingPolicy, Invoice, InvoiceReminder
from billing.models.reminders import due_for_reminder
from billing.services.letters import about_invoice, told_of
from clinic.models import Refusal, relayed
from clinic.notifications.models import Channel
from clinic.notifications.services import ask_before_sending, enqueue
from scheduling.emails import way_to

log = structlog.get_logger(__name__)
KIND = "payment_reminder"


class NotAllReminded(Exception):
    """Some reminders could not be written; the others were."""


def remind_of_overdue() -> int:
    """Write every reminder that the clinic's rules want today, each in a transaction of its own; how many.

    Raises NotAllReminded at the end if something went wrong with some of them.
    """
    policy = BillingPolicy.objects.current()
    due = list(due_for_reminder(policy, timezone.localdate())) if policy.reminds else []
    written = failed = 0
    for invoice in due:
        try:
            # Paid in this very moment, reminded by somebody else, or nobody knows where to.
            with suppress(Refusal):
                remind_of_invoice(invoice, by=None)
                written += 1
        except Exception:
            log.exception("payment_reminder_failed", invoice=str(invoice.pk))
            failed += 1
    if failed:
        raise NotAllReminded(f"{failed} of {len(due)}")
    return written


@transaction.atomic
def remind_of_invoice(invoice: Invoice, *, by: Member | None) -> InvoiceReminder:
    """Remind the patient of an overdue invoice, by letter or else by text message; once a day.

    Raises Refusal when the patient owes nothing that is overdue, or can be reached in neither way.
    """
    Invoice.objects.locked(invoice.pk)
    invoice = told_of(invoice.pk)
    if not invoice.is_overdue:
        raise Refusal(_("The patient owes nothing of this invoice that is overdue."))
    way = way_to(invoice.patient)
    if not way.to:
        raise Refusal(_("This patient has neither e-mail address nor mobile number. Enter one, or call."))
    number = invoice.reminders.count() + 1
    reminder = InvoiceReminder(
        invoice=invoice, number=number, reminded_on=timezone.localdate(), reminded_by=by
    )
    with relayed(InvoiceReminder):
        reminder.save(force_insert=True)
    medium = "sms" if way.channel == Channel.SMS else "mail"
    enqueue(
        kind=KIND,
        channel=way.channel,
        to=way.to,
        template=f"billing/{medium}/{KIND}.txt",
        context=about_invoice(invoice),
        key=f"{invoice.pk} {number}",
        member_id=invoice.patient_id,
        about_id=invoice.pk,
        language=invoice.patient.language,
        enclosure={"paper": "invoice", "invoice": str(invoice.pk)},
    )
    return reminder


@ask_before_sending(KIND)
def is_still_wanted(about_id: Any) -> bool:
    """No reminder is sent of what was paid, or asked of an insurance, in the meantime."""
    return Invoice.objects.overdue(timezone.localdate()).filter(pk=about_id).exists()
