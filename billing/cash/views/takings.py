"""What a day brought, by each way of paying."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from billing.cash.models import of_day, without_session
from billing.cash.sheets import takings_pdf as pdf_of
from clinic.access import requires
from clinic.http import ClinicRequest
from clinic.pdf import pdf_response
from scheduling.forms.booking import is_plausible

ONE_DAY = timedelta(days=1)


@require_GET
@requires("cash.takings")
def takings(request: ClinicRequest) -> HttpResponse:
    """The takings of a day, and the cash that lies in no drawer."""
    day = _wanted(request)
    around = {"previous": day - ONE_DAY, "next": day + ONE_DAY, "today": timezone.localdate()}
    return render(request, "cash/takings.html", {**_taken(request, day), **around})


@require_GET
@requires("cash.takings")
def takings_pdf(request: ClinicRequest) -> HttpResponse:
    """The same as a PDF."""
    day = _wanted(request)
    return pdf_response(pdf_of(_taken(request, day), request.organization), f"takings-{day}.pdf")


def _taken(request: ClinicRequest, day: date) -> dict[str, Any]:
    currency = request.organization.currency
    return {
        "day": day,
        "currency": currency,
        "takings": of_day(day, currency),
        "outside": without_session(day, currency),
    }


def _wanted(request: ClinicRequest) -> date:
    """The day the address asks for (?day=2026-11-21), or today."""
    try:
        asked = parse_date(request.GET.get("day", ""))
    except ValueError:
        asked = None
    return asked if asked and is_plausible(asked) else timezone.localdate()
