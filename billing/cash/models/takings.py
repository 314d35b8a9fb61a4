"""What came in and went out by each way of paying, of a day or of a session.

Paid less given back is what the invoices' own payments and refunds come to. What a wallet pays came in when
the wallet was filled, so that the wallets' column takes it off again: what is left is the money that really
came in.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Value

from accounts.members.models import Member
from billing.cash.models.sessions import CashSession, CashShift
from billing.models import Payment, Refund
from billing.wallets.models import LedgerEntry
from clinic.money import NOTHING
from scheduling.models.clocks import bounds

Method = Payment.Method
COLUMNS = ("paid", "refunded", "wallets")


class Taking(NamedTuple):
    """One way of paying: what was paid on invoices, what of it given back, what it did to the wallets."""

    method: str
    label: Any
    paid: Decimal
    refunded: Decimal
    wallets: Decimal

    @property
    def invoiced(self) -> Decimal:
        """What the invoices have got of it: payments less refunds."""
        return self.paid - self.refunded

    @property
    def received(self) -> Decimal:
        """The money that came in, and did not lie with the clinic already."""
        return self.invoiced + self.wallets


class Takings(NamedTuple):
    """Each way of paying that was used, and all of them together."""

    rows: list[Taking]
    total: Taking


class Outside(NamedTuple):
    """Cash that somebody took while working at no cash desk."""

    member: Member | None
    times: int
    amount: Decimal


class Column(NamedTuple):
    """Rows that are added up, and the names of their columns."""

    rows: Any
    at: str
    by: str


def _columns(currency: str) -> dict[str, Column]:
    """All money of the clinic that moved by some method."""
    payments = Payment.objects.completed().filter(invoice__currency=currency)
    refunds = Refund.objects.filter(invoice__currency=currency)
    entries = LedgerEntry.objects.exclude(method="").filter(wallet__currency=currency)
    return {
        "paid": Column(payments, "received_at", "received_by"),
        "refunded": Column(refunds, "created_at", "refunded_by"),
        "wallets": Column(entries, "created_at", "entered_by"),
    }


def of_day(day: date, currency: str) -> Takings:
    """All that came in and went out on the clinic's local `day`, in `currency`."""
    begins, ends = bounds(day, day)
    return _added(currency, lambda column: Q((f"{column.at}__gte", begins)) & Q((f"{column.at}__lt", ends)))


def of_session(session: CashSession) -> Takings:
    """What those who worked at the session took: cash by its drawer, the rest during their shifts."""

    def taken(column: Column) -> Q:
        there = CashShift.objects.filter(session=session, member=OuterRef(column.by))
        there = there.filter(since__lte=OuterRef(column.at))
        there = there.filter(Q(until=None) | Q(until__gte=OuterRef(column.at)))
        return Q(cash_movement__session=session) | ~Q(method=Method.CASH) & Q(Exists(there))

    return _added(session.currency, taken)


def without_session(day: date, currency: str) -> list[Outside]:
    """Who took or gave cash on `day` that lies in no drawer, and how much."""
    begins, ends = bounds(day, day)
    found: dict[Any, list[Any]] = defaultdict(lambda: [0, NOTHING])
    parts = []
    for name, column in _columns(currency).items():
        rows = column.rows.filter((f"{column.at}__gte", begins), (f"{column.at}__lt", ends))
        rows = rows.filter(method=Method.CASH, cash_movement=None).order_by().values(who=F(column.by))
        parts.append(rows.annotate(what=Value(name), times=Count("pk"), sum=Sum("amount")))
    for row in parts[0].union(*parts[1:], all=True).values_list("who", "what", "times", "sum"):
        found[row[0]][0] += row[2]
        found[row[0]][1] += -row[3] if row[1] == "refunded" else row[3]
    people = Member.objects.in_bulk([who for who in found if who])
    return [Outside(people.get(who), times, amount) for who, (times, amount) in found.items()]


def _added(currency: str, which: Callable[[Column], Q]) -> Takings:
    """The sums of those rows of each column that `which` means, in one statement."""
    parts = []
    for name, column in _columns(currency).items():
        rows = column.rows.filter(which(column)).order_by().values("method")
        parts.append(rows.annotate(what=Value(name), sum=Sum("amount")).values_list("method", "what", "sum"))
    sums = {(method, what): amount for method, what, amount in parts[0].union(*parts[1:], all=True)}
    rows = [_taking(method, sums) for method in Method]
    used = [row for row in rows if row.paid or row.refunded or row.wallets]
    columns = (sum((getattr(row, name) for row in used), NOTHING) for name in COLUMNS)
    return Takings(used, Taking("", "", *columns))


def _taking(method: Any, sums: dict[tuple[str, str], Decimal]) -> Taking:
    paid, refunded = sums.get((method, "paid"), NOTHING), sums.get((method, "refunded"), NOTHING)
    moved = refunded - paid if method == Method.WALLET else sums.get((method, "wallets"), NOTHING)
    return Taking(method, method.label, paid, refunded, moved)
