"""Closing months, and the rules of the books."""

import uuid
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.books import services
from billing.books.forms import CloseMonthForm, PolicyForm, ReportFilter
from billing.books.models import BooksPolicy, ClosedMonth, FiscalYear
from billing.books.models.months import month_after
from billing.books.reports import Row, by_month
from clinic.access import requires
from clinic.forms import Form, ReasonForm
from clinic.http import ClinicRequest


class Month(NamedTuple):
    """A month of the page: what it comes to, when it was closed, and whether it may be."""

    first: Any
    row: Row
    closed: ClosedMonth | None
    is_over: bool


@require_GET
@requires("books.month_list")
def month_list(request: ClinicRequest) -> HttpResponse:
    """The months of a fiscal year, open and closed."""
    return _months(request, Form())


@require_POST
@requires("books.close_month")
def close_month(request: ClinicRequest) -> HttpResponse:
    """Close the books of a month."""
    form = CloseMonthForm(request.POST)
    if form.submit(services.close_month, by=request.member):
        messages.success(request, _("The month is closed."))
        return redirect("books:month_list")
    return _months(request, form)


@require_http_methods(["GET", "POST"])
@requires("books.reopen_month")
def reopen_month(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Open a closed month again."""
    closed = get_object_or_404(ClosedMonth, pk=pk)
    form = ReasonForm(request.POST or None)
    if form.submit(services.reopen_month, by=request.member, closed=closed):
        messages.success(request, _("The month is open again."))
        return redirect("books:month_list")
    return render(request, "books/reopen_month.html", {"closed": closed, "form": form})


@require_http_methods(["GET", "POST"])
@requires("books.update_books_policy")
def update_books_policy(request: ClinicRequest) -> HttpResponse:
    """Choose when the fiscal year starts."""
    form = PolicyForm(request.POST or None, policy=BooksPolicy.objects.current())
    if form.submit(services.update_books_policy, by=request.member):
        messages.success(request, _("The fiscal year is set."))
        return redirect("books:profit_and_loss")
    return render(request, "books/update_books_policy.html", {"form": form})


def _months(request: ClinicRequest, form: Form) -> HttpResponse:
    year = ReportFilter(request.GET).fiscal_year(BooksPolicy.objects.current())
    months = _listed(year, request.organization.currency)
    context = {"year": year, "before": year.shifted(-1), "after": year.shifted(1), "months": months}
    is_present = year.first <= timezone.localdate() <= year.last
    return render(request, "books/month_list.html", {**context, "form": form, "is_present": is_present})


def _listed(year: FiscalYear, currency: str) -> list[Month]:
    """The year's months that have begun, the latest first."""
    found = ClosedMonth.objects.closed().filter(month__range=(year.first, year.last))
    closed = {each.month: each for each in found.select_related("closed_by")}
    today, rows = timezone.localdate(), by_month(year, currency).rows
    months = [
        Month(first, row, closed.get(first), month_after(first) <= today)
        for first, row in zip(year.months, rows, strict=True)
        if first <= today
    ]
    return months[::-1]
