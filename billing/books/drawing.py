"""The months of a year as a drawing; the table beside it says the same."""

from collections.abc import Sequence
from datetime import date

from babel.numbers import format_compact_decimal
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.books.models import FiscalYear
from billing.books.reports import Row
from clinic.languages import notation
from clinic.templatetags.clinic import money
from records.observations.drawing import HEIGHT, WIDTH, Chart, Frame

# With so few months there is nothing to be seen.
FEWEST = 2
# So many months at most are named along the drawing.
MOST_NAMED = 4


def trend(year: FiscalYear, rows: Sequence[Row], today: date) -> Chart | None:
    """Turnover and expenses from the first month that has any to the present, if these are two at least."""
    months = [(month, row) for month, row in zip(year.months, rows, strict=True) if month <= today]
    while months and months[0][1].is_empty:
        del months[0]
    if len(months) < FEWEST:
        return None
    begun = [row for _month, row in months]
    kinds = (
        (_("Turnover"), "trend-line-0", [row.turnover for row in begun]),
        (_("Expenses"), "trend-line-1", [row.expenses for row in begun]),
    )
    heights = [float(amount) for _name, _css, amounts in kinds for amount in amounts]
    frame = Frame([0, len(begun) - 1], [0, *heights], WIDTH, HEIGHT)
    names = [date_format(month, "M") for month, _row in months]
    every = -(-len(begun) // MOST_NAMED)
    label = _("Turnover and expenses of %(year)s, month by month") % {"year": year.label}
    chart = Chart(
        label=label,
        along=frame.marks_along(range(0, len(begun), every), lambda place: names[int(place)]),
        up=frame.marks_up(write_amount),
    )
    for name, css, amounts in kinds:
        points = [(float(place), float(amount)) for place, amount in enumerate(amounts)]
        titles = [f"{row.label}: {money(amount)}" for row, amount in zip(begun, amounts, strict=True)]
        chart.lines.append(frame.line(name, css, points, titles))
    return chart


def write_amount(amount: float) -> str:
    """The amount as short as it can be told apart from its neighbours: 1.25M."""
    return format_compact_decimal(amount, locale=notation(), fraction_digits=2)
