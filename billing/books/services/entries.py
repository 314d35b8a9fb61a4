"""Entering by hand what the database does not enter by itself, and voiding what was wrong."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from billing.books.models import BookEntry, Category, EntryFile
from clinic.db.current import connection
from clinic.models import Refusal, relayed
from clinic.money import NOTHING, digits_of, in_coins
from records.documents.services.files import keep_files


@transaction.atomic
def add_entry(
    *,
    by: Member | None,
    key: str,
    category: Category,
    booked_on: date,
    amount: Decimal,
    description: str,
    method: str,
    uploads: Sequence[UploadedFile] = (),
) -> BookEntry:
    """Enter money that came in or went out otherwise than by invoices, with its receipts.

    The same `key` counts once. Raises Refusal for a day in the future or in a closed month.
    """
    earlier = BookEntry.objects.filter(idempotency_key=key).first()
    if earlier:
        return _same(earlier, category, amount)
    if amount <= NOTHING:
        raise Refusal(_("The amount must be more than nothing."), "amount")
    if booked_on > timezone.localdate():
        raise Refusal(_("The day must not be in the future."), "booked_on")
    currency = connection.tenant.currency
    in_coins(amount, digits_of(currency))
    entry = BookEntry(
        category=category,
        kind=category.kind,
        booked_on=booked_on,
        amount=amount,
        currency=currency,
        digits=digits_of(currency),
        description=description.strip(),
        method=method,
        entered_by=by,
        idempotency_key=key,
    )
    with relayed(BookEntry):
        entry.save(force_insert=True)
    keep_files(EntryFile, uploads, entry=entry)
    return entry


def _same(earlier: BookEntry, category: Category, amount: Decimal) -> BookEntry:
    if (earlier.category_id, earlier.amount) != (category.pk, amount):
        raise Refusal(_("This form was already used for another entry. Open the books again."))
    return earlier


@transaction.atomic
def void_entry(entry: BookEntry, *, by: Member | None, reason: str) -> BookEntry:
    """Let an entry made by hand count no longer, for a reason; it stays in the books, struck out."""
    entry = BookEntry.objects.locked(entry.pk)
    if entry.is_automatic:
        raise Refusal(_("What was paid or given back is corrected on its invoice."))
    if entry.voided_at:
        raise Refusal(_("This entry is voided already."))
    if not reason.strip():
        raise Refusal(_("Say why the entry is voided."), "reason")
    entry.voided_at, entry.voided_by, entry.void_reason = timezone.now(), by, reason.strip()
    with relayed(BookEntry):
        entry.save(update_fields=["voided_at", "voided_by", "void_reason"])
    return entry
