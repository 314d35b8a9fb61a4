"""Invoice numbers have no gap, whoever is at work at the same moment and whatever goes wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from billing.models import CreditNote, Invoice, InvoiceSeries
from billing.services import issue_invoice
from clinic.models import Refusal
from tests.billing.factories import draft, issued
from tests.billing.test_credits import credit


class Breakdown(Exception):
    """What goes wrong after the number is drawn."""


def test_fifty_at_once_and_some_that_fail_leave_no_gap(race: Callable[..., list[Any]]) -> None:
    drafts = [draft("10") for _number in range(50)]

    def act(number: int) -> Invoice:
        with transaction.atomic():
            invoice = issue_invoice(drafts[number], by=None, due_on=timezone.localdate())
            if number % 5 == 0:
                raise Breakdown
        return invoice

    results = race(50, act)
    assert sum(isinstance(result, Breakdown) for result in results) == 10
    numbers = sorted(result.number for result in results if isinstance(result, Invoice))
    assert numbers == list(range(1, 41))
    assert InvoiceSeries.objects.get().last_number == 40


def test_twenty_credit_notes_at_once_leave_no_gap_and_take_no_more_than_there_is(
    race: Callable[..., list[Any]],
) -> None:
    invoice = issued("100")
    results = race(20, lambda number: credit(invoice, "10", key=f"note {number}"))
    made = sorted(result.number for result in results if isinstance(result, CreditNote))
    assert made == list(range(1, 11))
    assert sum(isinstance(result, Refusal) for result in results) == 10
    assert InvoiceSeries.objects.get(name="Credit notes").last_number == 10


@pytest.mark.django_db
@pytest.mark.parametrize("step", [1, 2, -1])
def test_the_counter_moves_only_with_an_invoice(step: int) -> None:
    issued("10")
    with pytest.raises(IntegrityError):
        count_without_an_invoice(step)


def count_without_an_invoice(step: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_invoiceseries SET last_number = last_number + %s", [step])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
def test_a_clinics_own_series_numbers_its_invoices_beside_the_credit_notes() -> None:
    InvoiceSeries.objects.create(name="Rechnungen", prefix="R-")
    first = issued("10")
    note = credit(first, "10")
    assert (first.reference, note.reference, issued("10").reference) == ("R-00001", "CN-00001", "R-00002")


@pytest.mark.django_db
def test_a_used_series_keeps_its_form() -> None:
    issued("10")
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceSeries.objects.update(prefix="R-")
