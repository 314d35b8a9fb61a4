"""Whoever sees people calls them: one key for the next one, one click for what becomes of them."""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from scheduling.queue import services
from scheduling.queue.forms import StationForm
from scheduling.queue.models import Department, QueueEntry, Status
from scheduling.queue.views.line import pace_of, waiting
from scheduling.queue.views.live import live


class Station(NamedTuple):
    """Where somebody sits who calls people."""

    department: Department
    room: str

    @property
    def address(self) -> str:
        """The caller's page of this department and room."""
        place = urlencode({"department": self.department.pk, "room": self.room})
        return f"{reverse('queue:call')}?{place}"


@requires("queue.call_next")
def call(request: ClinicRequest) -> HttpResponse:
    """The caller's page: who is here, who is next."""
    departments = list(Department.objects.active())
    form, station = _seat(request, departments)
    context: dict[str, Any] = {"form": form, "station": station, "departments": departments}
    if station is None:
        return live(request, "queue/call.html", "queue/_waiting.html", context, [])
    open_ = list(
        QueueEntry.objects.today().filter(department=station.department).open().with_people().in_turn()
    )
    here = [entry for entry in open_ if entry.status != Status.WAITING]
    ours = [entry for entry in here if entry.room.lower() == station.room.lower()]
    line = waiting(
        (entry for entry in open_ if entry.status == Status.WAITING), pace_of([station.department])
    )
    context |= {
        "current": sorted(ours, key=lambda entry: entry.status != Status.CALLED),
        # The one key: whoever is called has come; else whom the caller saw is done, and the next is called.
        "expected": next((entry for entry in ours if entry.status == Status.CALLED), None),
        "done": [entry for entry in ours if entry.called_by_id == request.member.pk],
        "elsewhere": [entry for entry in here if entry not in ours],
        "line": line,
    }
    state: list[Any] = [(row.entry.token, row.entry.priority, row.wait) for row in line]
    state += [(entry.token, entry.status, entry.room) for entry in here]
    return live(request, "queue/call.html", "queue/_waiting.html", context, state)


@requires("queue.call_next")
@require_POST
def call_next(request: ClinicRequest) -> HttpResponse:
    """Call the next one; whoever is named as `done` is done first."""
    form = StationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose your department, and say to which room people are called."))
        return redirect("queue:call")
    station = Station(**form.cleaned_data)
    for entry in QueueEntry.objects.filter(pk__in=_keys(request.POST.getlist("done"))):
        carry_out(request, services.complete_entry, entry)
    called = carry_out(request, services.call_next, station.department, room=station.room)
    if called:
        said = _("%(token)s is called to %(room)s.") % {"token": called.token, "room": called.room}
        messages.success(request, said)
    return redirect(station.address)


@requires("queue.recall_entry")
@require_POST
def recall_entry(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Call once more."""
    return _step(request, pk, services.recall_entry, _("%(token)s is called again."))


@requires("queue.begin_service")
@require_POST
def begin_service(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The person came."""
    return _step(request, pk, services.begin_service)


@requires("queue.return_to_queue")
@require_POST
def return_to_queue(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The person did not come; others go first."""
    said = _("%(token)s is not there and waits again, behind the others.")
    return _step(request, pk, services.return_to_queue, said)


@requires("queue.complete_entry")
@require_POST
def complete_entry(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The person is done."""
    return _step(request, pk, services.complete_entry, _("%(token)s is done."))


@requires("queue.leave_queue")
@require_POST
def leave_queue(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The person went away."""
    return _step(request, pk, services.leave_queue, _("%(token)s has left."))


def _step(
    request: ClinicRequest, pk: uuid.UUID, service: Callable[..., QueueEntry], said: str = ""
) -> HttpResponse:
    """Carry out a step and go back to where the button was."""
    entry = get_object_or_404(QueueEntry, pk=pk)
    carry_out(request, service, entry, said % {"token": entry.token} if said else "")
    wanted = request.POST.get("next", "")
    return redirect(wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "queue:queue")


def _seat(request: ClinicRequest, departments: list[Department]) -> tuple[StationForm, Station | None]:
    """The department and room of the address, else the last ones; the form to choose others."""
    if "room" in request.GET:
        form = StationForm(request.GET)
        return form, Station(**form.cleaned_data) if form.is_valid() else None
    # To sit down somewhere else begins with the place one comes from.
    wanted = request.GET.get("department", "")
    last = _last_place(request, departments)
    if wanted:
        return StationForm(initial={"department": wanted}), None
    return StationForm(), last


def _last_place(request: ClinicRequest, departments: list[Department]) -> Station | None:
    """Where the member called somebody last today."""
    last = QueueEntry.objects.today().filter(called_by=request.member).order_by("-called_at").first()
    found = next((each for each in departments if last and each.pk == last.department_id), None)
    return Station(found, last.room) if last and last.room and found else None


def _keys(texts: list[str]) -> list[uuid.UUID]:
    keys = []
    for text in texts:
        try:
            keys.append(uuid.UUID(text))
        except ValueError:
            continue
    return keys
