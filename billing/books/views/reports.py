"""Profit and loss, on the page and as a file."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from billing.books import reports
from billing.books.drawing import trend
from billing.books.forms import ReportFilter
from billing.books.models import BooksPolicy, FiscalYear
from billing.books.reports import Period, Report, Row
from clinic.access import requires
from clinic.http import ClinicRequest
from clinic.money import digits_of
from clinic.tables import Table, is_file_kind, table_response


class Way(NamedTuple):
    """One way to look at a period. `is_whole`: with expenses and tax, which no doctor and no service has."""

    name: str
    label: Any
    head: Any
    reckon: Callable[[Period], Report]
    is_whole: bool = False


MONTHS = "months"
# What the year's months are reckoned by is the year alone.
WAYS = {
    way.name: way
    for way in (
        Way("categories", gettext_lazy("By category"), gettext_lazy("Category"), reports.by_category, True),
        Way("doctors", gettext_lazy("By doctor"), gettext_lazy("Doctor"), reports.by_doctor),
        Way("services", gettext_lazy("By service"), gettext_lazy("Service"), reports.by_service),
    )
}


class Asked(NamedTuple):
    """What a request asks for."""

    way: Way | None
    year: FiscalYear
    period: Period
    report: Report


@require_GET
@requires("books.profit_and_loss")
def profit_and_loss(request: ClinicRequest) -> HttpResponse:
    """What was earned and spent in a fiscal year, or in a month of it."""
    asked = _asked(request)
    today = timezone.localdate()
    context = {
        "asked": asked,
        "ways": WAYS.values(),
        "before": asked.year.shifted(-1),
        "after": asked.year.shifted(1),
        "is_present": asked.year.first <= today <= asked.year.last,
        "is_month": asked.period.first != asked.year.first or asked.period.last != asked.year.last,
        "chart": None if asked.way else trend(asked.year, asked.report.rows, today),
    }
    return render(request, "books/profit_and_loss.html", context)


@require_GET
@requires("books.export_report")
def export_report(request: ClinicRequest) -> HttpResponse:
    """The report that the page shows, as a file."""
    kind = request.GET.get("format", "")
    if not is_file_kind(kind):
        raise Http404
    asked = _asked(request)
    is_whole = asked.way is None or asked.way.is_whole
    head = [asked.way.head if asked.way else _("Month"), _("Came in"), _("Given back"), _("Turnover")]
    head += [_("Expenses"), _("Result"), _("Tax")] if is_whole else []
    rows = [_cells(row, is_whole=is_whole) for row in (*asked.report.rows, asked.report.total)]
    digits = digits_of(asked.period.currency)
    table = Table(_("Profit and loss"), [str(name) for name in head], rows, digits)
    named = asked.way.name if asked.way else MONTHS
    return table_response(table, kind, f"{named}-{asked.period.first}-{asked.period.last}")


def _cells(row: Row, *, is_whole: bool) -> list[Any]:
    cells = [row.label, row.received, row.given_back, row.turnover]
    return [*cells, row.expenses, row.result, row.tax] if is_whole else cells


def _asked(request: ClinicRequest) -> Asked:
    form = ReportFilter(request.GET)
    year = form.fiscal_year(BooksPolicy.objects.current())
    currency = request.organization.currency
    way = WAYS.get(request.GET.get("by", ""))
    if way is None:
        period = Period(year.first, year.last, currency)
        return Asked(None, year, period, reports.by_month(year, currency))
    period = form.period(year, currency)
    return Asked(way, year, period, way.reckon(period))
