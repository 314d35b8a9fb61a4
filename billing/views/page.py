"""The page of one invoice, which every step on it comes back to."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from billing.forms import InvoiceForm, PaymentForm
from billing.models import Claim, Invoice
from billing.models.lines import taxes_of
from billing.services.claims import offers
from billing.wallets.models import Wallet
from clinic.forms import Form
from clinic.http import ClinicRequest
from clinic.money import NOTHING
from clinic.notifications.models import OutboxMessage
from clinic.templatetags.clinic import money


def found_invoice(request: ClinicRequest, pk: Any) -> Invoice:
    """The invoice with everything its page shows, if this person may see it; else a 404."""
    return get_object_or_404(Invoice.objects.visible_to(request.member).with_people().with_paid(), pk=pk)


def invoice_page(request: ClinicRequest, shown: Invoice, **forms: Form) -> HttpResponse:
    """The invoice's page; `forms` are those that were sent and stand there with what is wrong."""
    page: dict[str, Any] = {
        "invoice": shown,
        "payments": shown.payments.select_related("received_by").prefetch_related("refunds"),
        "credits": shown.credit_notes.select_related("series", "issued_by"),
        "split": Claim.objects.of(shown),
        **forms,
    }
    if request.member.may("billing.claim_invoice") and shown.takes_payment:
        page["offers"] = offers(shown)
    if request.member.may("billing.email_invoice"):
        page |= written_letters(shown)
    if request.member.may("billing.update_invoice") and shown.is_editable:
        page.setdefault("editor", InvoiceForm(invoice=shown))
    else:
        page |= written_lines(shown)
    if request.member.may("billing.record_payment") and shown.takes_payment and shown.payable > NOTHING:
        page.setdefault("payment_form", filled_payment_form(shown))
    return render(request, "billing/invoice.html", page)


def written_lines(shown: Invoice) -> dict[str, Any]:
    """What _lines.html shows: the lines, what each tax comes to, whether any of them has a discount."""
    lines = list(shown.lines.all())
    return {
        "lines": lines,
        "taxes": taxes_of(lines),
        "is_discounted": any(line.discount_percent for line in lines),
    }


def written_letters(shown: Invoice) -> dict[str, Any]:
    """What was sent about the invoice, which reminders, and whether today one more may be."""
    sent, today = list(shown.reminders.select_related("reminded_by")), timezone.localdate()
    return {
        "outgoings": list(OutboxMessage.objects.about(shown.pk)),
        "reminders": sent,
        "may_be_reminded": shown.is_overdue and all(one.reminded_on < today for one in sent),
    }


def filled_payment_form(shown: Invoice, data: Any = None) -> PaymentForm:
    """For what is open on the invoice; from the wallet too where there is something in it."""
    wallet = Wallet.objects.filter(patient_id=shown.patient_id, balance__gt=0).first()
    held = money(wallet.balance, wallet.currency) if wallet and wallet.currency == shown.currency else ""
    return PaymentForm(data, digits=shown.digits, still_open=max(shown.payable, NOTHING), held=held)
