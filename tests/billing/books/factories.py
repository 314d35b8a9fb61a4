"""Entries made by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.members.models import PatientProfile
from billing import services
from billing.books.models import BookEntry, Category
from billing.books.services import add_category, add_entry
from billing.models import Charge, Invoice
from tests.people import PatientFactory


def category(kind: str = "expense", name: str = "Rent") -> Category:
    return Category.objects.filter(kind=kind, name=name).first() or add_category(
        by=None, kind=kind, name=name
    )


def entered(amount: str = "100", *, on: date | None = None, key: str = "", **facts: Any) -> BookEntry:
    facts = {"category": facts.pop("category", None) or category(), "method": "transfer", **facts}
    facts.setdefault("description", "October")
    number = BookEntry.objects.count()
    return add_entry(
        by=None,
        key=key or f"entry {number}",
        booked_on=on or timezone.localdate(),
        amount=Decimal(amount),
        **facts,
    )


def taxed(*lines: tuple[str, str], patient: PatientProfile | None = None, **about: Any) -> Invoice:
    """An issued invoice of lines with their prices and percents of tax, on top of the prices."""
    services.update_billing_policy(by=None, tax_inclusive=False)
    if "consultation" not in about:
        about["patient"] = patient or PatientFactory()
    invoice = services.draft_invoice(by=None, **about)
    charges = [
        Charge(f"Thing {number}", Decimal(1), Decimal(price), tax_name="VAT", tax_percent=Decimal(percent))
        for number, (price, percent) in enumerate(lines)
    ]
    services.update_invoice(invoice, by=None, lines=charges)
    return services.issue_invoice(invoice, by=None, due_on=timezone.localdate())
