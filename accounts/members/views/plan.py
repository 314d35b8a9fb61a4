"""What the clinic pays for, and how long it may go on without."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.members.forms import ChoosePlanForm
from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.access import requires, while_closed
from clinic.http import ClinicRequest, carry_out
from tenants import services
from tenants.models import Plan, PlatformPolicy
from tenants.models.organization import as_stored

ASKED = gettext_lazy("Thank you. The platform has been told, and your plan begins when it has answered.")


@require_safe
@requires("members.view_plan")
def plan(request: ClinicRequest) -> HttpResponse:
    """The clinic's plan, the end of its trial, and the plans there are."""
    return render(request, "members/plan.html", _standing(request))


@require_POST
@requires("members.choose_plan")
@while_closed
def choose_plan(request: ClinicRequest) -> HttpResponse:
    """Ask the platform for a plan."""
    form = ChoosePlanForm(request.POST)
    facts = {"organization": request.organization, "doctors": _doctors()}
    if form.submit(services.choose_plan, by=request.member, **facts):
        messages.success(request, ASKED)
        return redirect("members:plan")
    return render(request, "members/plan.html", {**_standing(request), "form": form})


@require_POST
@requires("members.withdraw_plan")
@while_closed
def withdraw_plan(request: ClinicRequest) -> HttpResponse:
    """Take back what has been chosen and has not begun."""
    chosen = get_object_or_404(request.organization.subscriptions, status="requested")
    carry_out(request, services.withdraw_plan, chosen, _("Your choice has been taken back."))
    return redirect("members:plan")


def _standing(request: ClinicRequest) -> dict[str, Any]:
    organization = as_stored(request.organization)
    found = organization.subscriptions.filter(status__in=["requested", "active"])
    mine = {subscription.status: subscription for subscription in found}
    ends_at, policy = organization.trial_ends_at, PlatformPolicy.objects.current()
    return {
        "clinic": organization,
        "current": mine.get("active"),
        "chosen": mine.get("requested"),
        "plans": Plan.objects.offered_to(organization),
        "suspends_at": ends_at and ends_at + policy.grace,
        "doctors": _doctors(),
    }


def _doctors() -> int:
    return Member.objects.active().filter(role=Role.DOCTOR).count()
