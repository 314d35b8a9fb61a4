"""Whether all that is said of money agrees, and what the books come to."""

from collections.abc import Iterator

from billing.books.agreement import disagreements
from tenants.backup.table import add_up, proves

add_up(
    "books", "SELECT kind, currency, count(*), sum(amount) FROM books_bookentry GROUP BY 1, 2 ORDER BY 1, 2"
)


@proves
def money_agrees() -> Iterator[str]:
    """Invoices, payments, wallets, insurances, providers and books."""
    yield from disagreements()
