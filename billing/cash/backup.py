"""Whether the cash desks agree with their counts."""

from collections.abc import Iterator

from billing.books.agreement import disagreements
from billing.cash.agreement import QUESTIONS
from tenants.backup.table import proves


@proves
def cash_agrees() -> Iterator[str]:
    """Floats, takings and counts."""
    yield from disagreements(questions=QUESTIONS)
