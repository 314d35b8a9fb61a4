"""Closing months, opening them again, and when the fiscal year starts."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from billing.books.models import BooksPolicy, ClosedMonth
from billing.books.models.months import month_after, month_of
from clinic.models import Refusal, relayed


@transaction.atomic
def close_month(*, by: Member | None, month: date) -> ClosedMonth:
    """Close the books of the month of this day: nothing is entered or voided in it any more.

    Money for it that still comes in is entered in the next open month. Raises Refusal before it is over.
    """
    if month_after(month_of(month)) > timezone.localdate():
        raise Refusal(_("This month is not over yet."), "month")
    closed = ClosedMonth(month=month_of(month), closed_at=timezone.now(), closed_by=by)
    with relayed(ClosedMonth):
        closed.save(force_insert=True)
    return closed


@transaction.atomic
def reopen_month(closed: ClosedMonth, *, by: Member | None, reason: str) -> ClosedMonth:
    """Open a closed month again, for a reason that stays on record."""
    closed = ClosedMonth.objects.locked(closed.pk)
    if closed.reopened_at:
        raise Refusal(_("This month was opened again already."))
    if not reason.strip():
        raise Refusal(_("Say why the month is opened again."), "reason")
    closed.reopened_at, closed.reopened_by, closed.reopen_reason = timezone.now(), by, reason.strip()
    with relayed(ClosedMonth):
        closed.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
    return closed


@transaction.atomic
def update_books_policy(*, by: Member | None, year_starts: int) -> BooksPolicy:
    """Choose the month in which the fiscal year starts. Entries keep their days."""
    BooksPolicy.objects.insert_unless_taken(BooksPolicy())
    policy = BooksPolicy.objects.select_for_update().get()
    policy.year_starts = year_starts
    with relayed(BooksPolicy):
        policy.save(update_fields=["year_starts"])
    return policy
