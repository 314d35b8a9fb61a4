"""A cash desk through its day: opened, worked at, counted."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.cash import services
from billing.cash.forms import CloseForm, MoveForm, OpenForm
from billing.cash.models import CashDesk, CashSession, of_day, of_session
from billing.cash.sheets import session_pdf as pdf_of
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from clinic.idempotency.middleware import FIELD
from clinic.money import digits_of
from clinic.pdf import pdf_response

PAGE = 25


@require_GET
@requires("cash.session_list")
def session_list(request: ClinicRequest) -> HttpResponse:
    """The desks as they are now, and what was counted before."""
    now_open = CashSession.objects.open().with_people().with_held().seen_by(request.member)
    desks = CashDesk.objects.active().with_session(now_open)
    counted = CashSession.objects.visible_to(request.member).closed().with_people()
    page = Paginator(counted, PAGE).get_page(request.GET.get("page"))
    return render(request, "cash/session_list.html", {"desks": desks, "page_obj": page})


@require_GET
@requires("cash.my_session")
def my_session(request: ClinicRequest) -> HttpResponse:
    """Where the cash lies that one takes now: a part of the pages on which cash is taken."""
    mine = CashSession.objects.open().with_people().filter(shifts__member=request.member, shifts__until=None)
    found = mine.first()
    is_used = found is not None or CashDesk.objects.active().exists()
    return render(request, "cash/_mine.html", {"session": found, "is_used": is_used})


@require_http_methods(["GET", "POST"])
@requires("cash.open_session")
def open_session(request: ClinicRequest) -> HttpResponse:
    """Open a desk with the money that lies in it."""
    digits = digits_of(request.organization.currency)
    form = OpenForm(request.POST or None, digits=digits, desk=request.GET.get("desk"))
    if form.submit(services.open_session, by=request.member):
        messages.success(
            request, _("%(desk)s is open. The cash you take now lies there.") % {"desk": form.result}
        )
        return redirect(form.result)
    return render(request, "cash/open_session.html", {"form": form})


@require_GET
@requires("cash.session")
def session(request: ClinicRequest, pk: Any) -> HttpResponse:
    """What moved in the drawer, what should be there, and who works at it."""
    shown = _found(request, pk)
    moved = Paginator(shown.movements.with_sources(), PAGE).get_page(request.GET.get("page"))
    return render(request, "cash/session.html", {**_reckoned(request, shown), "page_obj": moved})


@require_POST
@requires("cash.join_session")
def join_session(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Work at a desk that somebody has opened."""
    # Nobody has to have worked there before.
    shown = get_object_or_404(CashSession.objects.open().with_people(), pk=pk)
    if carry_out(request, services.join_session, shown, _("The cash you take now lies in this cash desk.")):
        return redirect(shown)
    return redirect("cash:session_list")


@require_POST
@requires("cash.leave_session")
def leave_session(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Work there no longer."""
    shown = _found(request, pk)
    carry_out(request, services.leave_session, shown, _("You work at this cash desk no longer."))
    return redirect(shown)


@require_http_methods(["GET", "POST"])
@requires("cash.move_cash")
def move_cash(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Put money in or take some out."""
    shown = _found(request, pk)
    form = MoveForm(request.POST or None, session=shown)
    key = request.POST.get(FIELD, "")
    if form.submit(services.move_cash, by=request.member, session=shown, key=key):
        messages.success(request, _("It is written down."))
        return redirect(shown)
    return render(request, "cash/move_cash.html", {"session": shown, "form": form})


@require_http_methods(["GET", "POST"])
@requires("cash.close_session")
def close_session(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Count what is there, and close."""
    shown = _found(request, pk)
    form = CloseForm(request.POST or None, session=shown)
    if form.submit(services.close_session, by=request.member, session=shown):
        messages.success(request, _("%(desk)s is counted and closed.") % {"desk": shown})
        return redirect(shown)
    return render(request, "cash/close_session.html", {"session": shown, "form": form})


@require_GET
@requires("cash.session")
def session_sheet(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The session for paper."""
    return render(request, "cash/session_sheet.html", _reckoned(request, _found(request, pk)))


@require_GET
@requires("cash.session")
def session_pdf(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The session as a PDF."""
    reckoned = _reckoned(request, _found(request, pk))
    opened = timezone.localdate(reckoned["session"].opened_at)
    return pdf_response(pdf_of(reckoned, request.organization), f"cash-{opened:%Y-%m-%d}.pdf")


def _found(request: ClinicRequest, pk: Any) -> CashSession:
    found = CashSession.objects.visible_to(request.member).with_people().with_held()
    return get_object_or_404(found.seen_by(request.member), pk=pk)


def _reckoned(request: ClinicRequest, shown: CashSession) -> dict[str, Any]:
    """The session, who worked there, and what came in by each way of paying: there, and in all that day."""
    day = timezone.localdate(shown.opened_at)
    return {
        "session": shown,
        "shifts": list(shown.shifts.select_related("member")),
        "counts": list(shown.counts.all()),
        "takings": of_session(shown),
        "day": day,
        "day_takings": of_day(day, shown.currency),
    }
