"""What is entered by hand stays as it is; what was wrong is voided for a reason."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.utils import timezone

from billing.books.models import BookEntry, Category
from billing.books.services import (
    add_category,
    add_usual_categories,
    restore_category,
    retire_category,
    update_category,
    void_entry,
)
from clinic.models import Refusal
from records.documents import storage
from tests.billing.books.factories import category, entered
from tests.billing.books.test_automatic import run
from tests.billing.factories import issued, pay
from tests.people import StaffFactory
from tests.records.documents.factories import PDF

pytestmark = pytest.mark.django_db


def test_an_entry_is_of_its_categorys_kind_and_the_clinics_currency() -> None:
    entry = entered("12.50", category=category("income", "Parking"))
    assert (entry.kind, entry.currency, entry.digits, entry.tax) == ("income", "NGN", 2, 0)


def test_the_same_form_counts_once() -> None:
    assert entered("10", key="once") == entered("10", key="once")
    with pytest.raises(Refusal, match="already used"):
        entered("11", key="once")
    assert BookEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"amount": "0"}, "more than nothing"),
        ({"amount": "-5"}, "more than nothing"),
        ({"amount": "0.001"}, "decimal places"),
        ({"on": date(1999, 12, 31)}, "Check the year"),
        ({"description": "  "}, "what it was for"),
        ({"method": "barter"}, "values offered"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        entered(**facts)


COPY = "INSERT INTO books_bookentry SELECT (jsonb_populate_record(e, %s)).* FROM books_bookentry e"


def test_nothing_is_entered_before_its_day() -> None:
    with pytest.raises(Refusal, match="future"):
        entered(on=timezone.localdate() + timedelta(days=1))
    entered()
    later = timezone.now().date() + timedelta(days=2)
    other = {"id": str(category().pk), "idempotency_key": "x", "booked_on": str(later)}
    with pytest.raises(IntegrityError, match="future"):
        run(COPY, json.dumps(other))


def test_a_void_entry_counts_no_more_and_says_who_voided_it_and_why() -> None:
    entry, by = entered("100"), StaffFactory()
    with pytest.raises(Refusal, match="why"):
        void_entry(entry, by=by, reason="  ")
    void_entry(entry, by=by, reason="Entered twice")
    entry.refresh_from_db()
    assert (entry.voided_by, entry.void_reason) == (by, "Entered twice")
    assert BookEntry.objects.sums("NGN") == {"income": 0, "expenses": 0}
    with pytest.raises(Refusal, match="already"):
        void_entry(entry, by=by, reason="Again")


def test_the_entry_of_a_payment_is_not_voided() -> None:
    payment = pay(issued("100"), "100")
    with pytest.raises(Refusal, match="on its invoice"):
        void_entry(BookEntry.objects.get(payment=payment), by=None, reason="x")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM books_bookentry",
        "UPDATE books_bookentry SET amount = 1",
        "UPDATE books_bookentry SET description = 'Another'",
        "UPDATE books_bookentry SET void_reason = 'No day'",
        "UPDATE books_bookentry SET voided_at = now()",
        "UPDATE books_bookentry SET kind = 'income'",
        "UPDATE books_entryfile SET name = 'x'",
        "DELETE FROM books_entryfile",
    ],
)
def test_an_entry_never_changes(statement: str) -> None:
    entered(uploads=[SimpleUploadedFile("receipt.pdf", PDF)])
    with pytest.raises(IntegrityError):
        run(statement)


def test_a_void_entry_is_not_brought_back() -> None:
    void_entry(entered(), by=None, reason="Entered twice")
    with pytest.raises(IntegrityError, match="never changes"):
        run("UPDATE books_bookentry SET voided_at = NULL, void_reason = ''")


def test_a_receipt_is_kept_with_its_entry_and_looked_at_with_all_files() -> None:
    entry = entered(uploads=[SimpleUploadedFile("receipt.pdf", PDF)])
    file = entry.files.get()
    assert storage.content_of(file) == PDF
    assert not list(storage.problems())
    (storage.folder() / file.place).unlink()
    assert [f"entry of the books {entry.pk}" in problem for problem in storage.problems()] == [True]


def test_what_is_no_receipt_leaves_no_entry() -> None:
    with pytest.raises(Refusal, match="Only PDF") as refused:
        entered(uploads=[SimpleUploadedFile("receipt.pdf", b"<html>")])
    assert refused.value.field == "uploads"


def test_categories_are_called_otherwise_retired_and_brought_back() -> None:
    own = category(name="Rent")
    with pytest.raises(Refusal, match="already"):
        add_category(by=None, kind="expense", name="rent")
    assert add_category(by=None, kind="income", name="Rent").kind == "income"
    update_category(own, by=None, name="Rooms")
    retire_category(own, by=None)
    assert not Category.objects.offered().filter(pk=own.pk).exists()
    with pytest.raises(Refusal, match="not used any more"):
        entered(category=Category.objects.get(pk=own.pk))
    restore_category(own, by=None)
    assert entered(category=Category.objects.get(pk=own.pk)).category.name == "Rooms"


def test_the_usual_categories_are_made_once() -> None:
    assert add_usual_categories(by=None) == 8
    assert add_usual_categories(by=None) == 0
    assert Decimal(Category.objects.offered().count()) == 8
