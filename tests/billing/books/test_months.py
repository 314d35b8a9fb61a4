"""The fiscal year begins when the clinic says; a closed month takes nothing until it is opened again."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.books.models import BookEntry, BooksPolicy, ClosedMonth, FiscalYear
from billing.books.models.months import month_after, month_of
from billing.books.services import close_month, reopen_month, update_books_policy, void_entry
from clinic.models import Refusal
from tests.billing.books.factories import category, entered
from tests.billing.books.test_automatic import run
from tests.billing.factories import issued, pay


def last_month() -> date:
    return month_after(month_of(timezone.localdate()), -1)


@pytest.mark.parametrize(
    ("day", "starts", "first", "last"),
    [
        (date(2026, 3, 31), 4, date(2025, 4, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), 4, date(2026, 4, 1), date(2027, 3, 31)),
        (date(2024, 2, 29), 1, date(2024, 1, 1), date(2024, 12, 31)),
        (date(2024, 2, 29), 3, date(2023, 3, 1), date(2024, 2, 29)),
        (date(2026, 12, 1), 12, date(2026, 12, 1), date(2027, 11, 30)),
    ],
)
def test_a_fiscal_year_is_twelve_months_from_its_start(
    day: date, starts: int, first: date, last: date
) -> None:
    year = FiscalYear.around(day, starts)
    assert (year.first, year.last) == (first, last)
    assert (len(year.months), month_of(day) in year.months, year.months[-1]) == (12, True, month_of(last))


@pytest.mark.django_db
def test_the_clinic_chooses_when_its_year_starts() -> None:
    assert BooksPolicy.objects.current().year_starts == 1
    update_books_policy(by=None, year_starts=4)
    assert update_books_policy(by=None, year_starts=7).year_of(date(2026, 6, 30)).first == date(2025, 7, 1)
    assert BooksPolicy.objects.get().year_starts == 7
    with pytest.raises(Refusal, match="Choose a month"):
        update_books_policy(by=None, year_starts=13)


@pytest.mark.django_db
def test_nothing_is_entered_or_voided_in_a_closed_month() -> None:
    entry = entered(on=last_month())
    close_month(by=None, month=last_month())
    with pytest.raises(Refusal, match="are closed"):
        entered(on=last_month())
    with pytest.raises(Refusal, match="are closed"):
        void_entry(entry, by=None, reason="Twice")
    entered(on=timezone.localdate())


@pytest.mark.django_db
def test_a_month_is_closed_when_it_is_over_and_once() -> None:
    with pytest.raises(Refusal, match="not over"):
        close_month(by=None, month=timezone.localdate())
    close_month(by=None, month=last_month())
    with pytest.raises(Refusal, match="closed already"):
        close_month(by=None, month=last_month() + timedelta(days=3))


@pytest.mark.django_db
def test_a_month_is_opened_again_for_a_reason_that_stays() -> None:
    closed = close_month(by=None, month=last_month())
    with pytest.raises(Refusal, match="why"):
        reopen_month(closed, by=None, reason=" ")
    reopen_month(closed, by=None, reason="A bill was found")
    entered(on=last_month())
    with pytest.raises(Refusal, match="opened again already"):
        reopen_month(closed, by=None, reason="Again")
    close_month(by=None, month=last_month())
    assert ClosedMonth.objects.filter(month=last_month()).count() == 2


@pytest.mark.django_db
def test_money_for_a_closed_month_is_of_the_next_open_one() -> None:
    """A payment is never refused because of the books."""
    then = datetime(2026, 9, 30, 12, tzinfo=UTC)
    for month in (9, 10):
        close_month(by=None, month=date(2026, month, 1))
    with time_machine.travel(then, tick=False):
        pay(issued("100"), "100")
    assert BookEntry.objects.get().booked_on == date(2026, 11, 1)


CLOSE = (
    "INSERT INTO books_closedmonth (id, created_at, month, closed_at, reopened_at, reopen_reason) "
    "VALUES (gen_random_uuid(), now(), {month}, now(), {opened}, '{reason}')"
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM books_closedmonth",
        "UPDATE books_closedmonth SET month = month - interval '1 month'",
        "UPDATE books_closedmonth SET reopened_at = now()",
        "UPDATE books_closedmonth SET closed_at = month",
        "UPDATE books_bookspolicy SET year_starts = 0",
        "UPDATE books_bookspolicy SET is_only = false",
        CLOSE.format(month="date_trunc('month', now())::date", opened="NULL", reason=""),
        CLOSE.format(month="'2026-01-02'", opened="NULL", reason=""),
        CLOSE.format(month="'2026-01-01'", opened="now()", reason="x"),
        CLOSE.format(month="'2026-01-01'", opened="NULL", reason="x"),
    ],
)
def test_what_was_closed_stays_on_record(statement: str) -> None:
    update_books_policy(by=None, year_starts=4)
    close_month(by=None, month=last_month())
    with pytest.raises(IntegrityError):
        run(statement)


def test_a_month_is_closed_after_who_is_just_entering_something_in_it(race: Callable[..., list[Any]]) -> None:
    category()
    is_entered, order = Event(), list[str]()

    def act(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                entered(on=last_month())
                is_entered.set()
                time.sleep(0.4)
                order.append("entered")
        else:
            is_entered.wait(10)
            close_month(by=None, month=last_month())
            order.append("closed")

    assert race(2, act) == [None, None]
    assert order == ["entered", "closed"]
