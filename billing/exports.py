"""What of money is given out, and what a patient reads of it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Invoice
from clinic.exports.table import Block, Given, secret, section, withheld
from clinic.templatetags.clinic import day, money

for label in ("billing.Payment", "billing.CreditNote", "billing.Refund"):
    secret(label, "idempotency_key")
secret("wallets.LedgerEntry", "idempotency_key")
secret("books.BookEntry", "idempotency_key")
secret("cash.CashMovement", "idempotency_key")
OWN_BOOKS = gettext_lazy("The clinic's own books: the payment itself is given out.")
for label in ("books.BookEntry", "books.EntryFile", "cash.CashMovement"):
    withheld(label, OWN_BOOKS)


@section(80, gettext_lazy("Invoices"))
def invoices(given: Given) -> Iterator[Block]:
    """Each with its lines and what was paid."""
    found = Invoice.objects.filter(patient=given.patient).prefetch_related("lines", "payments")
    for one in found.order_by("created_at"):
        title = " · ".join(
            part for part in (one.reference, day(one.issued_at), one.get_status_display()) if part
        )
        lines = [
            (line.description, str(line.quantity), money(line.amount, one.currency))
            for line in one.lines.all()
        ]
        facts = [(_("Total"), money(one.total, one.currency)), (_("Notes"), one.notes)]
        paid = [
            (day(each.received_at), f"{money(each.amount, one.currency)} · {each.get_status_display()}")
            for each in one.payments.all()
        ]
        head = (_("What"), _("Quantity"), _("Amount")) if lines else ()
        yield Block(title, facts, head, lines)
        if paid:
            yield Block(head=(_("Paid on"), _("Amount")), rows=paid)
