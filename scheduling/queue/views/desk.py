"""The front desk: who waits, a number for whoever comes, the slip, and the day as it went."""

import datetime
import uuid
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.members.models import PatientProfile
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from scheduling.queue import services
from scheduling.queue.forms import PriorityForm, TicketForm
from scheduling.queue.models import Department, Priority, QueueEntry, Status
from scheduling.queue.views.line import lines, pace_of, waiting
from scheduling.queue.views.live import live
from scheduling.views.day import wanted_day

MOST_FOUND = 6
PAGE = 100
ONE_DAY = datetime.timedelta(days=1)


@requires("queue.view_queue")
def queue(request: ClinicRequest) -> HttpResponse:
    """Who waits, who is being seen, and a number for whoever comes next."""
    return _desk(request)


@requires("queue.take_ticket")
def take_ticket(request: ClinicRequest) -> HttpResponse:
    """Hand out the next number of a department."""
    patients = PatientProfile.objects.visible_to(request.member).active().with_people()
    patient = chosen(patients, request.POST.get("patient"))
    form = TicketForm(request.POST or None, patients=patients, patient=patient)
    if request.method == "POST" and form.submit(services.take_ticket, by=request.member):
        return redirect(f"{reverse('queue:queue')}?taken={form.result.pk}")
    return _desk(request, form=form, patient=patient)


@requires("queue.change_priority")
@require_POST
def change_priority(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Call somebody earlier or later."""
    entry, form = get_object_or_404(QueueEntry, pk=pk), PriorityForm(request.POST)
    if form.is_valid():
        priority = form.cleaned_data["priority"]
        said = _("%(token)s: %(priority)s.") % {"token": entry.token, "priority": Priority(priority).label}
        carry_out(request, services.change_priority, entry, said, priority=priority)
    else:
        messages.error(request, _("Choose one of the values offered."))
    return redirect("queue:queue")


@requires("queue.view_queue")
def slip(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The slip somebody takes along: the number, and nothing that says who it is."""
    entry = get_object_or_404(QueueEntry.objects.select_related("department"), pk=pk)
    ahead = QueueEntry.objects.before(entry).count() if entry.status == Status.WAITING else None
    return render(request, "queue/slip.html", {"entry": entry, "ahead": ahead})


@requires("queue.view_queue")
def day(request: ClinicRequest) -> HttpResponse:
    """A day's tickets, and how long each step took."""
    on = wanted_day(request)
    tickets = QueueEntry.objects.on(on).with_people().select_related("called_by").order_by("-created_at")
    page = Paginator(tickets, PAGE).get_page(request.GET.get("page"))
    context = {"on": on, "today": timezone.localdate(), "previous": on - ONE_DAY, "next": on + ONE_DAY}
    return render(request, "queue/day.html", {**context, "page_obj": page})


def chosen(patients: Any, wanted: str | None) -> PatientProfile | None:
    """The patient the address or the form names, if there is one."""
    try:
        return patients.filter(pk=uuid.UUID(wanted or "")).first()
    except ValueError:
        return None


def _desk(
    request: ClinicRequest, form: TicketForm | None = None, patient: PatientProfile | None = None
) -> HttpResponse:
    departments = list(Department.objects.active())
    entries = list(QueueEntry.objects.today().open().with_people().in_turn())
    paces = pace_of(departments)
    line = waiting((entry for entry in entries if entry.status == Status.WAITING), paces)
    here = [entry for entry in entries if entry.status != Status.WAITING]
    here.sort(key=lambda entry: entry.called_at or entry.created_at, reverse=True)
    counts = Counter(row.entry.department_id for row in line)
    context = {
        "departments": lines(departments, counts, paces),
        "line": line,
        "here": here,
        "priorities": Priority,
    }
    if not ("seen" in request.GET and request.htmx):
        context |= _ticket(request, entries, form, patient)
    state = [(row.wait, *_shown(row.entry)) for row in line] + [_shown(entry) for entry in here]
    return live(request, "queue/queue.html", "queue/_line.html", context, [*state, *counts.items()])


def _ticket(
    request: ClinicRequest, entries: list[QueueEntry], form: TicketForm | None, patient: PatientProfile | None
) -> dict[str, Any]:
    """The form for the next number, the patients found for it, and the ticket just handed out."""
    patients = PatientProfile.objects.visible_to(request.member).active().with_people()
    patient = patient or chosen(patients, request.GET.get("patient"))
    query = request.GET.get("q", "").strip()
    taken = request.GET.get("taken", "")
    return {
        "form": form or TicketForm(patients=patients, patient=patient),
        "patient": patient,
        "query": query,
        "found": patients.search(query)[:MOST_FOUND] if query else [],
        "taken": next((entry for entry in entries if str(entry.pk) == taken), None),
    }


def _shown(entry: QueueEntry) -> tuple[Any, ...]:
    return (entry.token, entry.status, entry.priority, entry.room, entry.called_at)
