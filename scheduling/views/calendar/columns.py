"""The columns of a calendar: a doctor's day each, with its visits in order and the hours behind them."""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import DoctorProfile, Member
from clinic.templatetags.clinic import clock
from scheduling.models import Appointment
from scheduling.models.spells import CLOSED, Span, Spell, gaps, open_spans
from scheduling.views.actions import url_of

# What the grid shows at least, and the step by which visits are moved in it.
DAY_BEGINS, DAY_ENDS, STEP = 8, 18, 15
MIDNIGHT = datetime.time()


class Entry(NamedTuple):
    """A visit as the calendar shows it; the addresses only for who may do that now."""

    visit: Appointment
    url: str
    start: str
    end: str
    move: str
    resize: str


class Column(NamedTuple):
    """A doctor's day: the hours in words, what is shut, and the visits."""

    doctor: DoctorProfile
    day: datetime.date
    hours: list[str]
    why: str
    shut: list[Span]
    entries: list[Entry]


class Grid(NamedTuple):
    """The columns, and between which hours they are drawn."""

    columns: list[Column]
    first_hour: int
    last_hour: int

    @property
    def eight(self) -> str:
        """How the clinic writes eight in the morning: the script writes its times alike."""
        return clock(timezone.now().replace(hour=8, minute=0, tzinfo=timezone.get_current_timezone()))


def grid(
    days: list[datetime.date],
    doctors: list[DoctorProfile],
    visits: Iterable[Appointment],
    found: list[Spell],
    member: Member,
) -> Grid:
    """One column for each of `doctors` on each of `days`; also for who has left and still has visits."""
    visits = list(visits)
    gone = {visit.doctor_id: visit.doctor for visit in visits}
    doctors = [*doctors, *(gone[pk] for pk in gone.keys() - {doctor.pk for doctor in doctors})]
    by_column: dict[Any, list[Entry]] = {}
    for visit in visits:
        entry = _entry(visit, member)
        by_column.setdefault((visit.doctor_id, entry.start[:10]), []).append(entry)
    spans = {(doctor.pk, day): open_spans(found, doctor.pk, day) for day in days for doctor in doctors}
    every = [span for column in spans.values() for span in column]
    entries = [entry for column in by_column.values() for entry in column]
    first, last = _limits(every, entries)
    columns = [
        _column(doctor, day, spans[doctor.pk, day], found, by_column.get((doctor.pk, f"{day}"), []))
        for day in days
        for doctor in doctors
    ]
    return Grid(columns, first, last)


def _column(
    doctor: DoctorProfile, day: datetime.date, spans: list[Span], found: list[Spell], entries: list[Entry]
) -> Column:
    midnight = datetime.datetime.combine(day, MIDNIGHT)
    why = _why_shut(doctor, day, found)
    hours = [f"{_shown(span.starts)} – {_shown(span.ends)}" for span in spans]
    shut = gaps(spans, midnight, midnight + datetime.timedelta(days=1))
    return Column(doctor, day, hours, why, shut, entries)


def _why_shut(doctor: DoctorProfile, day: datetime.date, found: list[Spell]) -> str:
    """Why the doctor is not there all day, or part of it."""
    for spell in found:
        if spell.opens or not spell.within(day):
            continue
        if spell.kind == CLOSED:
            return _("Closed: %(reason)s") % {"reason": spell.note}
        if spell.doctor_id == doctor.pk:
            return _("On leave")
    return ""


def _entry(visit: Appointment, member: Member) -> Entry:
    may = {verb for verb in visit.verbs if member.may(f"scheduling.{verb}")}
    return Entry(
        visit,
        url_of("appointment", visit),
        label(visit.starts_at),
        label(visit.ends_at),
        url_of("reschedule_appointment", visit) if "reschedule_appointment" in may else "",
        url_of("resize_appointment", visit) if "resize_appointment" in may else "",
    )


def label(moment: datetime.datetime) -> str:
    """An instant as the clinic's clocks show it, the way HTML writes it."""
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def _limits(spans: list[Span], entries: list[Entry]) -> tuple[int, int]:
    """The hours between which there is something to see."""
    first, last = DAY_BEGINS, DAY_ENDS
    for span in spans:
        ends_later = span.ends.date() > span.starts.date()
        first = min(first, span.starts.hour)
        last = max(last, 24 if ends_later else span.ends.hour + (span.ends.minute > 0))
    for entry in entries:
        is_over_night = entry.end[:10] > entry.start[:10]
        first = min(first, int(entry.start[11:13]))
        last = max(last, 24 if is_over_night else int(entry.end[11:13]) + (entry.end[14:] > "00"))
    return first, last


def _shown(naive: datetime.datetime) -> str:
    return clock(timezone.make_aware(naive))
