"""The clinic's taxes, what new lines copy of them, and the tax in what is credited."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from billing import services
from billing.models import BillingPolicy, Charge, CreditNote, Invoice, TaxRate
from clinic.models import Refusal
from tests.billing.factories import draft, issued
from tests.billing.test_credits import credit
from tests.people import PatientFactory
from tests.scheduling.factories import AppointmentFactory

pytestmark = pytest.mark.django_db


def vat(percent: str = "7.5", name: str = "VAT") -> TaxRate:
    return services.add_tax_rate(by=None, name=name, percent=Decimal(percent))


def taxed(*prices: str, percent: str = "20") -> Invoice:
    """An issued invoice whose lines bear a tax that is in their prices."""
    invoice = services.draft_invoice(by=None, patient=PatientFactory())
    lines = [
        Charge("Thing", Decimal(1), Decimal(price), tax_name="VAT", tax_percent=Decimal(percent))
        for price in prices
    ]
    services.update_invoice(invoice, by=None, lines=lines)
    return services.issue_invoice(invoice, by=None, due_on=timezone.localdate())


@pytest.mark.parametrize(("tax_inclusive", "sums"), [(True, (5000, 349)), (False, (5375, 375))])
def test_the_fee_of_a_visit_bears_the_clinics_usual_tax(tax_inclusive: bool, sums: tuple[int, int]) -> None:
    services.update_billing_policy(by=None, tax_inclusive=tax_inclusive, default_tax=vat())
    visit = AppointmentFactory(doctor__consultation_fee=Decimal(5000))
    invoice = services.draft_invoice(by=None, appointment=visit)
    (line,) = invoice.lines.all()
    assert (line.tax_label, line.unit_price) == ("VAT 7.5\N{NO-BREAK SPACE}%", 5000)
    assert (invoice.total, round(invoice.tax)) == sums


def test_an_invoice_of_a_clinic_that_names_no_tax_has_none() -> None:
    invoice = issued("100")
    (line,) = invoice.lines.all()
    assert (invoice.tax, line.tax_name, line.net) == (0, "", 100)


def test_lines_keep_the_tax_they_copied() -> None:
    tax = vat()
    services.update_billing_policy(by=None, default_tax=tax)
    visit = AppointmentFactory(doctor__consultation_fee=Decimal(5000))
    invoice = services.draft_invoice(by=None, appointment=visit)
    services.update_tax_rate(tax, by=None, name="GST", percent=Decimal(20))
    services.update_billing_policy(by=None, tax_inclusive=False, default_tax=None)
    services.retire_tax_rate(tax, by=None)
    written = Invoice.objects.get(pk=invoice.pk)
    (line,) = written.lines.all()
    assert (line.tax_label, written.tax_inclusive) == ("VAT 7.5\N{NO-BREAK SPACE}%", True)
    services.update_invoice(written, by=None, lines=[line.charge])
    assert Invoice.objects.get(pk=invoice.pk).total == 5000


def test_a_tax_stands_there_once() -> None:
    vat()
    with pytest.raises(Refusal, match="already a tax"):
        vat("7.500")
    vat("20")


@pytest.mark.parametrize("percent", ["-1", "100.001"])
def test_a_tax_is_between_nothing_and_the_whole(percent: str) -> None:
    with pytest.raises(Refusal, match="between 0 and 100"):
        vat(percent)


def test_the_tax_of_new_lines_is_one_in_use() -> None:
    tax, retired = vat(), services.retire_tax_rate(vat("20"), by=None)
    services.update_billing_policy(by=None, default_tax=tax)
    with pytest.raises(Refusal, match="tax of new lines"):
        services.retire_tax_rate(tax, by=None)
    with pytest.raises(Refusal, match="not in use any more"):
        services.update_billing_policy(by=None, default_tax=retired)
    assert services.restore_tax_rate(retired, by=None).is_active
    services.update_billing_policy(by=None, default_tax=retired)


def test_there_is_one_row_of_rules() -> None:
    services.update_billing_policy(by=None, days_to_pay=30)
    services.update_billing_policy(by=None, tax_inclusive=False)
    policy = BillingPolicy.objects.get()
    assert (policy.days_to_pay, policy.tax_inclusive) == (30, False)
    with pytest.raises(Refusal, match="0 to 366"):
        services.update_billing_policy(by=None, days_to_pay=367)


def test_the_tax_is_the_sum_of_the_lines_taxes_at_issue() -> None:
    invoice = draft("100")
    Invoice.objects.filter(pk=invoice.pk).update(tax=Decimal(1))
    with pytest.raises(Refusal, match="sum of the lines' taxes"):
        services.issue_invoice(invoice, by=None, due_on=timezone.localdate() + timedelta(days=1))


def test_credit_notes_of_a_whole_invoice_come_to_its_whole_tax() -> None:
    invoice = taxed("100", "0.01")
    assert invoice.tax == Decimal("16.67")
    shares = [credit(invoice, amount, key=amount).tax for amount in ("33.33", "33.34", "33", "0.34")]
    assert shares == [Decimal("5.56"), Decimal("5.55"), Decimal("5.50"), Decimal("0.06")]
    assert sum(shares) == invoice.tax


def test_a_credit_note_of_an_untaxed_invoice_has_no_tax_in_it() -> None:
    assert credit(issued("100"), "30").tax == 0


@pytest.mark.parametrize("off", ["0.01", "-0.01", "0.001"])
def test_the_tax_in_a_credit_note_is_its_share_by_the_database(
    off: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = taxed("100")
    stored: Any = CreditNote.save

    def wrong(note: CreditNote, **options: Any) -> None:
        note.tax += Decimal(off)
        stored(note, **options)

    monkeypatch.setattr(CreditNote, "save", wrong)
    with pytest.raises(Refusal, match=r"its share|decimal places"):
        credit(invoice, "40")


def test_the_rules_hold_against_sql() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BillingPolicy.objects.create(is_only=False)
    tax = vat()
    services.update_billing_policy(by=None, default_tax=tax)
    with pytest.raises(IntegrityError, match="tax of new lines"), transaction.atomic():
        TaxRate.objects.update(is_active=False)
