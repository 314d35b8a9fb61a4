"""Those who wait, as the desk, the callers and the screen show them."""

from collections.abc import Iterable
from typing import NamedTuple

from scheduling.queue.models import Department, Pace, QueueEntry, paces, wait_in_words


class Waiting(NamedTuple):
    """Somebody in the line, and how long it will take."""

    entry: QueueEntry
    wait: str


class Line(NamedTuple):
    """One department: how many wait, and what the next one to come would wait."""

    department: Department
    people: int
    minutes: int | None

    @property
    def wait(self) -> str:
        """The wait in words."""
        return wait_in_words(self.minutes)


def waiting(entries: Iterable[QueueEntry], paces: dict) -> list[Waiting]:
    """Everybody who waits, each with what is ahead; the entries come in turn."""
    ahead: dict[object, int] = {}
    rows = []
    for entry in entries:
        place = ahead.get(entry.department_id, 0)
        ahead[entry.department_id] = place + 1
        pace: Pace = paces.get(entry.department_id, Pace())
        rows.append(Waiting(entry, wait_in_words(pace.wait(place))))
    return rows


def lines(departments: Iterable[Department], counts: dict, paces: dict) -> list[Line]:
    """Each department with its line."""
    return [
        Line(each, counts.get(each.pk, 0), paces[each.pk].wait(counts.get(each.pk, 0)))
        for each in departments
    ]


def pace_of(departments: Iterable[Department]) -> dict:
    """The paces of these departments."""
    return paces([each.pk for each in departments])
