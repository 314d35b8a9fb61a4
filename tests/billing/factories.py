"""Invoices for the tests of billing, made by the services that make them in life."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.members.models import PatientProfile
from billing import services
from billing.models import Charge, Invoice, Payment
from tests.people import PatientFactory


def charges(*prices: str, quantity: str = "1") -> list[Charge]:
    return [Charge(f"Thing {price}", Decimal(quantity), Decimal(price)) for price in prices]


def draft(*prices: str, patient: PatientProfile | None = None) -> Invoice:
    invoice = services.draft_invoice(by=None, patient=patient or PatientFactory())
    return services.update_invoice(invoice, by=None, lines=charges(*prices)) if prices else invoice


def issued(*prices: str, patient: PatientProfile | None = None) -> Invoice:
    invoice = draft(*(prices or ("100",)), patient=patient)
    return services.issue_invoice(invoice, by=None, due_on=timezone.localdate() + timedelta(days=14))


def pay(invoice: Invoice, amount: str, key: str = "", **facts: Any) -> Payment:
    key = key or f"key-{invoice.pk.hex[-8:]}-{amount}"
    return services.record_payment(invoice, by=None, key=key, amount=Decimal(amount), **facts)
