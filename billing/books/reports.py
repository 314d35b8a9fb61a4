"""Profit and loss: what the entries of the books come to, by month, category, doctor and service.

Income is reckoned when the money comes (cash basis), and without the tax in it:

    turnover = what came in − what was given back to patients, both without tax
    result   = turnover − expenses
    tax      = the tax in what came in − the tax in what was given back: it is owed to the state

By doctor and by service, each payment and refund is divided among the lines of its invoice in proportion to
what they come to without tax, each part rounded to the currency; what rounding leaves over goes to the line
that is largest (the first of several). So the parts of an entry add up to it exactly, and every report to
the same totals. The doctor is that of the invoice's consultation or appointment.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.members.models import DoctorProfile
from billing.books.models import BookEntry, Category, FiscalYear, Kind, System
from clinic.db.current import connection
from clinic.money import NOTHING


class Period(NamedTuple):
    """The days from `first` to `last`, of entries in one currency."""

    first: date
    last: date
    currency: str

    @property
    def entries(self) -> Any:
        """Those of its entries that count."""
        return BookEntry.objects.counting().between(self.first, self.last).filter(currency=self.currency)


@dataclass
class Row:
    """One line of a report, all but `tax` without tax."""

    label: str
    received: Decimal = NOTHING
    given_back: Decimal = NOTHING
    expenses: Decimal = NOTHING
    tax: Decimal = NOTHING

    @property
    def turnover(self) -> Decimal:
        """What was earned."""
        return self.received - self.given_back

    @property
    def result(self) -> Decimal:
        """What is left of it."""
        return self.turnover - self.expenses

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.received or self.given_back or self.expenses or self.tax)

    def add(self, kind: str, system: str, net: Decimal, tax: Decimal = NOTHING) -> None:
        """Count so much of a kind and of a category of ours (empty: the clinic's own)."""
        if kind == Kind.INCOME:
            self.received, self.tax = self.received + net, self.tax + tax
        elif system == System.REFUNDS:
            self.given_back, self.tax = self.given_back + net, self.tax - tax
        else:
            self.expenses += net

    def take(self, other: "Row") -> None:
        """Count what another row says."""
        self.received += other.received
        self.given_back += other.given_back
        self.expenses += other.expenses
        self.tax += other.tax


class Report(NamedTuple):
    """Rows, and what they come to."""

    rows: list[Row]
    total: Row

    @property
    def told(self) -> list[Row]:
        """The rows from the first to the last that says anything."""
        places = [place for place, row in enumerate(self.rows) if not row.is_empty]
        return self.rows[places[0] : places[-1] + 1] if places else []


def by_month(year: FiscalYear, currency: str) -> Report:
    """Each month of the fiscal year."""
    months = {month: Row(date_format(month, "F Y")) for month in year.months}
    period = Period(year.first, year.last, currency)
    found = period.entries.annotate(month=TruncMonth("booked_on"))
    sums = {"net": Sum("amount") - Sum("tax"), "taxes": Sum("tax")}
    groups = found.order_by().values_list("month", "kind", "category__system").annotate(**sums)
    for month, kind, system, net, tax in groups:
        months[month].add(kind, system, net, tax)
    return _summed(months.values())


def by_category(period: Period) -> Report:
    """Each category, income first; what was given back stands below what came in."""
    sums = {"net": Sum("amount") - Sum("tax"), "taxes": Sum("tax")}
    groups = period.entries.order_by().values_list("category", "kind", "category__system").annotate(**sums)
    rows = {category.pk: Row(str(category)) for category in Category.objects.all()}
    used = set()
    for key, kind, system, net, tax in groups:
        rows[key].add(kind, system, net, tax)
        used.add(key)
    listed = [row for key, row in rows.items() if key in used]
    return _summed(sorted(listed, key=lambda row: (-row.received, -row.given_back, -row.expenses)))


def by_doctor(period: Period) -> Report:
    """What each doctor earned: of whose visit the invoice is."""
    names = _doctors()
    return _divided(period, lambda doctor, _description: names.get(doctor) or _("Without a doctor"))


def by_service(period: Period) -> Report:
    """What each service earned: the line of the invoice, the doctor whom it names left out."""
    names = _doctors()

    def service(doctor: UUID | None, description: str) -> str:
        return description.removesuffix(f", {names.get(doctor, '')}")

    return _divided(period, service)


def _doctors() -> dict[UUID | None, str]:
    return {
        doctor.pk: doctor.member.name for doctor in DoctorProfile.objects.select_related("member").iterator()
    }


def _divided(period: Period, label: Callable[[UUID | None, str], str]) -> Report:
    """What was received and given back by the label of each part, the largest first; then by hand."""
    rows: dict[str, Row] = defaultdict(lambda: Row(""))
    for doctor, description, kind, net in shares(period):
        named = label(doctor, description)
        rows[named].label = named
        rows[named].add(kind, System.REFUNDS, net)
    found = sorted(rows.values(), key=lambda row: (-row.turnover, row.label))
    other = period.entries.filter(kind=Kind.INCOME, invoice=None).aggregate(sum=Sum("amount"))["sum"]
    return _summed([*found, Row(_("Entered by hand"), received=other)] if other else found)


def shares(period: Period) -> list[tuple[UUID | None, str, str, Decimal]]:
    """Doctor, line, kind and sum of the parts of all payments and refunds of the period."""
    with connection.cursor() as cursor:
        cursor.execute(SHARES, [period.currency, period.first, period.last])
        return cursor.fetchall()


SHARES = """
WITH booked AS (
    SELECT e.id, e.invoice_id, e.kind, e.digits, e.amount - e.tax AS net FROM books_bookentry e
    WHERE e.invoice_id IS NOT NULL AND e.voided_at IS NULL AND e.currency = %s
        AND e.booked_on BETWEEN %s AND %s
), shared AS (
    SELECT b.id, b.kind, b.net, b.invoice_id, l.description,
        coalesce(round(b.net * l.net / nullif(sum(l.net) OVER (PARTITION BY b.id), 0), b.digits), 0) AS share,
        row_number() OVER (PARTITION BY b.id ORDER BY l.net DESC, l.position) AS place
    FROM booked b JOIN billing_invoiceline l ON l.invoice_id = b.invoice_id
), exact AS (
    SELECT s.kind, s.invoice_id, s.description, CASE s.place
        WHEN 1 THEN s.net - sum(s.share) OVER (PARTITION BY s.id) + s.share ELSE s.share END AS part
    FROM shared s
)
SELECT coalesce(c.doctor_id, a.doctor_id) AS doctor, x.description, x.kind, sum(x.part)
FROM exact x JOIN billing_invoice i ON i.id = x.invoice_id
LEFT JOIN records_consultation c ON c.id = i.consultation_id
LEFT JOIN scheduling_appointment a ON a.id = i.appointment_id
GROUP BY 1, 2, 3
"""


def _summed(rows: Iterable[Row]) -> Report:
    listed, total = list(rows), Row(_("Total"))
    for row in listed:
        total.take(row)
    return Report(listed, total)
