"""Days on which the clinic is closed."""

import datetime
import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from clinic.models import Refusal
from scheduling import services
from scheduling.forms import ClosingDayForm
from scheduling.models import Appointment, BookingPolicy, ClosingDay
from scheduling.views.leave import to_what_is_in_the_way

# The holidays shown at once; the later ones open on a click.
A_YEAR = datetime.timedelta(days=366)


@requires("scheduling.view_closing_days")
def closing_days(request: ClinicRequest) -> HttpResponse:
    """When the clinic is closed, and whether on public holidays."""
    return _page(request, ClosingDayForm())


@requires("scheduling.add_closing_day")
def add_closing_day(request: ClinicRequest) -> HttpResponse:
    """Close the clinic; what is in the way is listed next."""
    form = ClosingDayForm(request.POST or None)
    if request.method == "POST" and form.submit(services.add_closing_day, by=request.member):
        messages.success(request, _("The clinic is closed then."))
        return to_what_is_in_the_way(reverse("scheduling:closing_days"))
    return _page(request, form)


@requires("scheduling.remove_closing_day")
@require_POST
def remove_closing_day(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Open again."""
    closing = get_object_or_404(ClosingDay, pk=pk)
    carry_out(request, services.remove_closing_day, closing, _("Removed: the clinic can be booked again."))
    return redirect("scheduling:closing_days")


@requires("scheduling.close_on_holiday")
@require_POST
def close_on_holiday(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Close on one public holiday after all."""
    closing = get_object_or_404(ClosingDay, pk=pk)
    carry_out(request, services.close_on_holiday, closing, _("The clinic is closed on this day."))
    return to_what_is_in_the_way(reverse("scheduling:closing_days"))


@requires("scheduling.work_on_holiday")
@require_POST
def work_on_holiday(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Work on one public holiday all the same."""
    closing = get_object_or_404(ClosingDay, pk=pk)
    carry_out(request, services.work_on_holiday, closing, _("The clinic works on this day."))
    return redirect("scheduling:closing_days")


@requires("scheduling.close_on_public_holidays")
@require_POST
def close_on_public_holidays(request: ClinicRequest) -> HttpResponse:
    """Switch the country's public holidays on."""
    try:
        services.close_on_public_holidays(by=request.member)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("scheduling:closing_days")
    messages.success(request, _("The clinic is closed on public holidays."))
    return to_what_is_in_the_way(reverse("scheduling:closing_days"))


@requires("scheduling.work_on_public_holidays")
@require_POST
def work_on_public_holidays(request: ClinicRequest) -> HttpResponse:
    """Switch the country's public holidays off."""
    services.work_on_public_holidays(by=request.member)
    messages.success(request, _("The clinic works on public holidays."))
    return redirect("scheduling:closing_days")


def _page(request: ClinicRequest, form: ClosingDayForm) -> HttpResponse:
    coming = list(ClosingDay.objects.coming())
    closes = BookingPolicy.objects.current().closes_on_public_holidays
    holidays = [closing for closing in coming if closing.kind == ClosingDay.Kind.HOLIDAY]
    soon = timezone.localdate() + A_YEAR
    context = {
        "form": form,
        "own": [closing for closing in coming if closing not in holidays],
        "holidays": [holiday for holiday in holidays if holiday.first_day <= soon],
        "later": [holiday for holiday in holidays if holiday.first_day > soon],
        "closes_on_public_holidays": closes,
        "stranded": Appointment.objects.stranded().count(),
    }
    return render(request, "scheduling/closings.html", context)
