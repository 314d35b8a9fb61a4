"""The desk looks after agents: whom each has, what each did, and what they ask for."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import AgentAssignment, AgentProfile
from clinic.access import requires
from clinic.http import ClinicRequest
from clinic.tables import Table, is_file_kind, table_response
from scheduling.forms import PeriodForm
from scheduling.models import Assistance
from scheduling.models.assistance import agents_at_work, at_work

PAGE = 25
# What agents asked, above their list; the next ones follow when these are answered.
MOST_WISHES = 10
# The latest of an agent's log; the days above choose which.
MOST_LINES = 12


@requires("scheduling.view_agents")
def agent_list(request: ClinicRequest) -> HttpResponse:
    """All agents with what they did in the days asked for, and above them what they ask."""
    form, helped = _of_period(request)
    agents = agents_at_work(helped).order_by(
        "member__status", "member__given_name", "member__family_name", "pk"
    )
    context = {
        "form": form,
        "page_obj": Paginator(agents, PAGE).get_page(request.GET.get("page")),
        "wishes": AgentAssignment.objects.waiting().with_people()[:MOST_WISHES],
    }
    return render(request, "scheduling/agents/list.html", context)


@requires("scheduling.view_agents")
def agent(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """One agent: the patients with what was done for each, and the log."""
    found = get_object_or_404(AgentProfile.objects.with_people(), pk=pk)
    form, helped = _of_period(request)
    has_ended = request.GET.get("state") == "ended"
    given = AgentAssignment.objects.visible_to(request.member).filter(agent=found)
    by_name = ("-status", "patient__member__given_name", "patient__member__family_name", "pk")
    shown = given.filter(status="ended") if has_ended else given.running().order_by(*by_name)
    context = {
        "agent": found,
        "form": form,
        "has_ended": has_ended,
        "page_obj": Paginator(at_work(shown, helped), PAGE).get_page(request.GET.get("page")),
        "log": helped.filter(agent=found).with_people()[:MOST_LINES],
    }
    return render(request, "scheduling/agents/agent.html", context)


@requires("scheduling.export_agents")
def export_agents(request: ClinicRequest) -> HttpResponse:
    """Every agent's patients, with what was done for each in the days asked for, as a file."""
    kind = request.GET.get("format", "")
    if not is_file_kind(kind):
        raise Http404
    _form, helped = _of_period(request)
    given = AgentAssignment.objects.visible_to(request.member)
    table = Table(_("Agents"), _head(), _cells(at_work(given, helped)))
    return table_response(table, kind, f"agents-{timezone.localdate():%Y-%m-%d}")


def _of_period(request: ClinicRequest) -> tuple[PeriodForm, Any]:
    """The form of the days asked for, and what agents did on them."""
    form = PeriodForm(request.GET)
    days = form.cleaned_data if form.is_valid() else {}
    return form, Assistance.objects.visible_to(request.member).between(days.get("first"), days.get("last"))


def _head() -> list[str]:
    return [
        *(_("Agent"), _("Agency"), _("Number"), _("Patient"), _("State"), _("From"), _("Until")),
        *(_("Bookings"), _("All help"), _("Last contact"), _("Reason for the end")),
    ]


def _cells(assignments: Any) -> Iterator[list[Any]]:
    for one in assignments.order_by("agent__member__given_name", "agent_id", "created_at").iterator():
        yield [
            *(one.agent.name, one.agent.agency, one.patient.number, one.patient.name),
            *(one.get_status_display(), one.since, one.until),
            *(one.bookings, one.helped, one.last_contact, one.end_reason),
        ]
