"""The screen in the waiting room: numbers and rooms. Anybody may look at it, so it knows nobody's name."""

from typing import NamedTuple

from django.db.models import Count
from django.http import HttpResponse

from clinic.access import public
from clinic.http import ClinicRequest
from scheduling.queue.models import Department, QueueEntry, Status
from scheduling.queue.views.line import lines, pace_of
from scheduling.queue.views.live import live

# What can be read across a room.
MOST_CALLED, MOST_SEEN = 6, 12


class Call(NamedTuple):
    """What the screen may know of somebody."""

    token: str
    room: str
    department: str
    calls: int


@public
def screen(request: ClinicRequest) -> HttpResponse:
    """Who is called where; of all departments, or of those the address names (?show=A&show=B)."""
    departments = list(Department.objects.active())
    wanted = {letters.upper() for letters in request.GET.getlist("show")}
    shown = [each for each in departments if each.prefix in wanted] or departments
    tickets = QueueEntry.objects.today().filter(department__in=shown)
    columns = ("status", "token", "room", "department__name", "calls")
    rows = list(tickets.here().values_list(*columns))
    called = [Call(*row[1:]) for row in rows if row[0] == Status.CALLED][:MOST_CALLED]
    seen = [Call(*row[1:]) for row in rows if row[0] != Status.CALLED][:MOST_SEEN]
    waiting = tickets.filter(status=Status.WAITING).order_by().values_list("department").annotate(Count("pk"))
    line = lines(shown, dict(waiting), pace_of(shown))
    context = {"called": called, "seen_now": seen, "lines": line, "show": [each.prefix for each in shown]}
    state = [*called, *seen, *((row.department.name, row.people, row.wait) for row in line)]
    return live(request, "queue/screen.html", "queue/_calls.html", context, state)
