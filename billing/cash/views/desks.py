"""The cash desks that a clinic has."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from billing.cash import services
from billing.cash.forms import DeskForm
from billing.cash.models import CashDesk
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out


@require_GET
@requires("cash.desk_list")
def desk_list(request: ClinicRequest) -> HttpResponse:
    """All of them, and a form for one more."""
    return _list(request, DeskForm())


@require_POST
@requires("cash.add_desk")
def add_desk(request: ClinicRequest) -> HttpResponse:
    """One more cash desk."""
    form = DeskForm(request.POST)
    if form.submit(services.add_desk, by=request.member):
        messages.success(request, _("The cash desk is there. Open it when somebody works at it."))
        return redirect("cash:desk_list")
    return _list(request, form)


@require_POST
@requires("cash.retire_desk")
def retire_desk(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Use a desk no longer."""
    desk = get_object_or_404(CashDesk, pk=pk)
    carry_out(request, services.retire_desk, desk, _("The cash desk is no longer used."))
    return redirect("cash:desk_list")


@require_POST
@requires("cash.reopen_desk")
def reopen_desk(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Use a desk again."""
    desk = get_object_or_404(CashDesk, pk=pk)
    carry_out(request, services.reopen_desk, desk, _("The cash desk is in use again."))
    return redirect("cash:desk_list")


def _list(request: ClinicRequest, form: DeskForm) -> HttpResponse:
    desks = CashDesk.objects.order_by("-is_active", "name")
    return render(request, "cash/desk_list.html", {"desks": desks, "form": form})
