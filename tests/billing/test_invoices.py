"""An invoice is drafted, written, issued and then stays as it is."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from billing import services
from billing.models import Invoice, InvoiceLine, InvoiceSeries
from clinic.inbox.lines import sentence
from clinic.models import Refusal
from tests.billing.factories import charges, draft, issued, pay
from tests.people import PatientFactory, with_login

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


def refused_by_the_database(statement: str, *parameters: object) -> str:
    """What the database says to a raw statement sent as the site's own role."""
    with pytest.raises(IntegrityError) as refusal:
        raw(statement, *parameters)
    return str(refusal.value)


def raw(statement: str, *parameters: object) -> None:
    """Send a statement past the models, and look at once at what is checked at commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_draft_has_the_clinics_currency_and_no_number() -> None:
    invoice = draft("100")
    assert (invoice.currency, invoice.digits, invoice.number, invoice.total) == ("NGN", 2, None, Decimal(100))


def test_lines_are_written_in_order_and_only_what_differs_is_stored() -> None:
    invoice = draft("100", "200", "300")
    first = invoice.lines.get(position=1)
    services.update_invoice(invoice, by=None, lines=charges("100", "250"))
    assert [line.unit_price for line in invoice.lines.all()] == [100, 250]
    assert invoice.lines.get(position=1).pk == first.pk
    assert Invoice.objects.get(pk=invoice.pk).total == 350


def test_issuing_numbers_and_closes_it() -> None:
    one, two = issued("10"), issued("20")
    assert (one.number, two.number) == (1, 2)
    assert (one.reference, one.status, one.issued_at is not None) == ("INV-00001", "issued", True)
    with pytest.raises(Refusal):
        services.update_invoice(one, by=None, lines=charges("11"))
    with pytest.raises(Refusal):
        services.issue_invoice(one, by=None, due_on=TODAY())


def test_an_invoice_without_lines_is_not_issued() -> None:
    with pytest.raises(Refusal, match="at least one line"):
        services.issue_invoice(draft(), by=None, due_on=TODAY())


def test_it_is_not_due_in_the_past() -> None:
    with pytest.raises(Refusal) as refusal:
        services.issue_invoice(draft("5"), by=None, due_on=TODAY() - timedelta(days=1))
    assert refusal.value.field == "due_on"


def test_it_is_due_within_a_year() -> None:
    with pytest.raises(Refusal, match="within a year") as refusal:
        services.issue_invoice(draft("5"), by=None, due_on=TODAY() + timedelta(days=367))
    assert refusal.value.field == "due_on"
    services.issue_invoice(draft("5"), by=None, due_on=TODAY() + timedelta(days=366))


def test_nothing_to_pay_is_balanced_at_once() -> None:
    assert issued("0").status == "balanced"


def test_only_a_draft_is_cancelled() -> None:
    cancelled = services.cancel_invoice(draft("5"), by=None, reason="Entered twice.")
    assert (cancelled.status, cancelled.cancel_reason, cancelled.number) == (
        "cancelled",
        "Entered twice.",
        None,
    )
    with pytest.raises(Refusal):
        services.cancel_invoice(issued("5"), by=None, reason="Too late.")


ANOTHER_LINE = """
INSERT INTO billing_invoiceline
    (id, created_at, invoice_id, position, description, quantity, unit_price, discount_percent, discount,
        tax_name, tax_percent, tax, amount, digits, tax_inclusive)
SELECT gen_random_uuid(), now(), id, 9, 'More', 1, 1, 0, 0, '', 0, 0, 1, digits, tax_inclusive
FROM billing_invoice WHERE id = %s
"""
BACK_TO_DRAFT = """
UPDATE billing_invoice SET status = 'draft', number = NULL, series_id = NULL, issued_at = NULL, due_on = NULL
WHERE id = %s
"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_invoiceline SET amount = 1, unit_price = 1 WHERE invoice_id = %s",
        "UPDATE billing_invoiceline SET description = 'Else' WHERE invoice_id = %s",
        "DELETE FROM billing_invoiceline WHERE invoice_id = %s",
        ANOTHER_LINE,
        "UPDATE billing_invoice SET total = 1 WHERE id = %s",
        "UPDATE billing_invoice SET tax = 1 WHERE id = %s",
        "UPDATE billing_invoice SET tax_inclusive = NOT tax_inclusive WHERE id = %s",
        "UPDATE billing_invoice SET number = 77 WHERE id = %s",
        "UPDATE billing_invoice SET due_on = due_on + 1 WHERE id = %s",
        "UPDATE billing_invoice SET patient_id = gen_random_uuid() WHERE id = %s",
        BACK_TO_DRAFT,
        "UPDATE billing_invoice SET status = 'balanced', balanced_at = now() WHERE id = %s",
        "DELETE FROM billing_invoice WHERE id = %s",
    ],
)
def test_an_issued_invoice_is_unchangeable_by_sql(statement: str) -> None:
    refused_by_the_database(statement, issued("100").pk)


def test_a_line_cannot_be_moved_away_from_an_issued_invoice() -> None:
    refused_by_the_database(
        "UPDATE billing_invoiceline SET invoice_id = %s, position = 5 WHERE invoice_id = %s",
        draft().pk,
        issued("100").pk,
    )


def test_the_total_is_the_sum_of_the_lines_at_issue() -> None:
    invoice = draft("100")
    series = InvoiceSeries.objects.create(name="Raw")
    said = refused_by_the_database(
        "UPDATE billing_invoice SET status = 'issued', total = 99, number = 0, issued_at = now(), "
        "due_on = now(), series_id = %s WHERE id = %s",
        series.pk,
        invoice.pk,
    )
    assert "sum of the lines" in said


def test_being_due_within_a_year_holds_against_sql() -> None:
    said = refused_by_the_database(
        "UPDATE billing_invoice SET status = 'issued', issued_at = now(), "
        "due_on = now() + interval '2 years' WHERE id = %s",
        draft("100").pk,
    )
    assert "within a year" in said


def test_a_lines_amount_is_quantity_times_price() -> None:
    invoice = draft("100")
    said = refused_by_the_database(
        "UPDATE billing_invoiceline SET amount = 99 WHERE invoice_id = %s", invoice.pk
    )
    assert "billing_line_amount" in said


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_invoiceline SET digits = 0 WHERE invoice_id = %s",
        "UPDATE billing_invoiceline SET tax_inclusive = NOT tax_inclusive WHERE invoice_id = %s",
    ],
)
def test_a_line_counts_in_its_invoices_currency_and_way(statement: str) -> None:
    assert "billing_line_terms" in refused_by_the_database(statement, draft("100").pk)


def test_overdue_is_the_day_after_the_due_day() -> None:
    invoice = issued("5")
    assert not invoice.is_overdue
    assert list(Invoice.objects.overdue(invoice.due_on)) == []
    assert list(Invoice.objects.overdue(invoice.due_on + timedelta(days=1))) == [invoice]
    pay(invoice, "5")
    assert list(Invoice.objects.overdue(invoice.due_on + timedelta(days=1))) == []


def test_search_finds_number_and_patient() -> None:
    mine = issued("5", patient=PatientFactory(given_name="Zainab", family_name="Bello"))
    issued("6")
    for words in ("zainab", "bello zai", mine.reference, "1", mine.patient.number):
        assert mine in Invoice.objects.search(words), words
    assert list(Invoice.objects.search("nobody")) == []


def test_every_change_is_in_the_trail(audit_trail: Callable[[], list[Any]]) -> None:
    invoice = issued("5")
    tables = {event.table_name for event in audit_trail() if event.row_id == str(invoice.pk)}
    assert tables == {"billing_invoice"}
    assert InvoiceLine.objects.filter(invoice=invoice).exists()


def test_a_patient_who_signs_in_is_told_of_an_invoice() -> None:
    patient = PatientFactory()
    assert not issued("10", patient=patient).patient.member.notifications.exists(), "nobody signs in"
    with_login(patient.member)
    invoice = issued("20", patient=patient)
    told = patient.member.notifications.get()
    assert (told.link, told.about_id) == (f"/invoices/{invoice.pk}/", invoice.pk)
    assert invoice.reference in sentence(told)
