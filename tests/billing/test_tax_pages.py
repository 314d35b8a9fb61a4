"""The settings for invoices, and discount and tax on a draft's page."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing import services
from billing.models import BillingPolicy, Invoice, TaxRate
from billing.sheets import credit_pdf, invoice_pdf
from clinic.db.current import connection
from tests.billing.factories import draft, issued
from tests.billing.test_pages import lines_form
from tests.billing.test_taxes import taxed, vat
from tests.people import StaffFactory, with_login

pytestmark = pytest.mark.django_db

SETTINGS = "/invoices/settings/"


@pytest.fixture
def desk(client_for: Callable[..., Any]) -> Any:
    return client_for(with_login(StaffFactory()))


@pytest.fixture
def office(client_for: Callable[..., Any]) -> Any:
    return client_for(with_login(StaffFactory(role="admin")))


def test_an_administrator_sets_up_the_taxes(office: Any) -> None:
    assert "No taxes" in office.get(SETTINGS).content.decode()
    office.send(f"{SETTINGS}tax-rates/new/", {"name": "VAT", "percent": "7.5"})
    tax = TaxRate.objects.get()
    rules = {"tax_inclusive": "False", "default_tax": tax.pk, "days_to_pay": "30"}
    rules |= {"reminds": "on", "reminder_days": "10", "most_reminders": "4"}
    office.send(SETTINGS, rules)
    policy = BillingPolicy.objects.current()
    assert (policy.tax_inclusive, policy.default_tax, policy.days_to_pay) == (False, tax, 30)
    assert (policy.reminds, policy.reminder_days, policy.most_reminders) == (True, 10, 4)
    kept = office.send(f"{SETTINGS}tax-rates/{tax.pk}/retire/", follow=True).content.decode()
    assert "This is the tax of new lines" in kept
    office.send(SETTINGS, {**rules, "default_tax": ""})
    office.send(f"{SETTINGS}tax-rates/{tax.pk}/retire/")
    assert not TaxRate.objects.get().is_active
    office.send(f"{SETTINGS}tax-rates/{tax.pk}/restore/")
    office.send(f"{SETTINGS}tax-rates/{tax.pk}/", {"name": "VAT", "percent": "20"})
    assert str(TaxRate.objects.get()) == "VAT 20\N{NO-BREAK SPACE}%"


def test_what_is_refused_stays_typed(office: Any) -> None:
    vat()
    again = office.send(f"{SETTINGS}tax-rates/new/", {"name": "VAT", "percent": "7.5"}).content.decode()
    assert "already a tax of this name" in again
    assert 'value="7.5"' in again
    rules = {"tax_inclusive": "True", "default_tax": "", "days_to_pay": "367"}
    assert 'value="367"' in office.send(SETTINGS, rules).content.decode()
    assert not BillingPolicy.objects.exists()


def test_the_desk_reads_no_settings(desk: Any) -> None:
    assert desk.get(SETTINGS).status_code == 403
    assert SETTINGS not in desk.get("/invoices/").content.decode()


def test_the_administrator_finds_the_settings(office: Any) -> None:
    assert SETTINGS in office.get("/invoices/").content.decode()


def test_an_invoice_is_due_after_the_clinics_days(desk: Any) -> None:
    services.update_billing_policy(by=None, days_to_pay=45)
    page = desk.get(f"{draft('5').get_absolute_url()}issue/").content.decode()
    assert f'value="{timezone.localdate() + timedelta(days=45)}"' in page


def test_a_line_is_written_with_discount_and_tax(desk: Any) -> None:
    vat()
    invoice = draft()
    chosen = {"lines-0-discount_percent": "10", "lines-0-tax": "7.5 VAT"}
    data = lines_form(("Visit", "2", "1000"), ("Form", "1", "50")) | chosen
    desk.send(f"{invoice.get_absolute_url()}lines/", data)
    written = Invoice.objects.get()
    assert (written.total, written.tax) == (1850, Decimal("125.58"))
    page = desk.get(invoice.get_absolute_url()).content.decode()
    assert re.search(r'<option value="7.5 VAT"\s+selected', page)
    assert 'name="lines-0-discount_percent" value="10"' in page
    services.issue_invoice(written, by=None, due_on=timezone.localdate())
    shown = desk.get(invoice.get_absolute_url()).content.decode()
    for said in ("VAT 7.5\N{NO-BREAK SPACE}%", "−₦200.00", "₦1,674.42", "₦125.58", "₦1,850.00"):
        assert said in shown, said


def test_a_tax_that_is_not_offered_is_refused(desk: Any) -> None:
    services.retire_tax_rate(vat(), by=None)
    invoice = draft("5")
    data = lines_form(("Visit", "1", "7")) | {"lines-0-tax": "7.5 VAT"}
    vat("20")
    page = desk.send(f"{invoice.get_absolute_url()}lines/", data).content.decode()
    assert "Select a valid choice" in page
    assert Invoice.objects.get().total == 5


@pytest.mark.parametrize("discount", ["-1", "100.01", "1.001"])
def test_a_discount_is_a_percentage(discount: str, desk: Any) -> None:
    invoice = draft("5")
    data = lines_form(("Visit", "1", "7")) | {"lines-0-discount_percent": discount}
    page = desk.send(f"{invoice.get_absolute_url()}lines/", data).content.decode()
    assert f'value="{discount}"' in page
    assert Invoice.objects.get().total == 5


def test_a_line_of_a_retired_tax_keeps_it(desk: Any) -> None:
    tax = vat()
    invoice = draft()
    page = f"{invoice.get_absolute_url()}lines/"
    data = lines_form(("Visit", "1", "100")) | {"lines-0-tax": "7.5 VAT"}
    desk.send(page, data)
    services.retire_tax_rate(tax, by=None)
    desk.send(page, data | {"lines-0-quantity": "2"})
    (line,) = invoice.lines.all()
    assert (line.tax_label, line.amount) == ("VAT 7.5\N{NO-BREAK SPACE}%", 200)


def test_paper_says_discount_and_tax(monkeypatch: pytest.MonkeyPatch) -> None:
    sheets: list[dict[str, Any]] = []
    monkeypatch.setattr("billing.sheets.render_pdf", lambda _name, sheet: sheets.append(sheet))
    invoice = taxed("100", "50")
    plain = issued("5")
    note = services.credit_invoice(invoice, by=None, key="k", amount=Decimal(30), reason="Not done")
    for one in (invoice, plain):
        loaded = Invoice.objects.with_people().with_paid().get(pk=one.pk)
        invoice_pdf(loaded, connection.tenant)
    credit_pdf(note, connection.tenant)
    with_tax, without, credited = sheets
    assert with_tax["head"] == ["Description", "Quantity", "Price", "Tax", "Amount"]
    assert with_tax["taxes"] == [("VAT 20\N{NO-BREAK SPACE}%", "₦125.00", "₦25.00", "₦150.00")]
    assert ("Tax in it", "₦25.00") in with_tax["sums"]
    assert without["head"] == ["Description", "Quantity", "Price", "Amount"]
    assert without["taxes"] == []
    assert credited["sums"] == [("Tax in it", "₦5.00"), ("Credited", "₦30.00")]


def test_the_sheet_with_taxes_is_a_pdf(desk: Any) -> None:
    answer = desk.get(f"{taxed('100').get_absolute_url()}pdf/")
    assert answer.content.startswith(b"%PDF")


def test_taxes_and_rules_are_changed_in_the_admin_by_the_services(office: Any) -> None:
    office.post("/admin/billing/taxrate/add/", {"name": "VAT", "percent": "20"})
    tax = TaxRate.objects.get()
    office.post("/admin/billing/taxrate/", {"action": "retire_tax_rate", "_selected_action": [tax.pk]})
    assert not TaxRate.objects.get().is_active
    policy = services.update_billing_policy(by=None, days_to_pay=7)
    page = f"/admin/billing/billingpolicy/{policy.pk}/change/"
    office.post(
        page,
        {
            "tax_inclusive": "on",
            "default_tax": "",
            "days_to_pay": "21",
            "reminder_days": "7",
            "most_reminders": "3",
        },
    )
    assert BillingPolicy.objects.get().days_to_pay == 21
