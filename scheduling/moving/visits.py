"""A table of visits: those that were, as they ended, and those that will be, by the rules of booking."""

import datetime
from collections.abc import Collection, Iterator
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from clinic.models import Refusal
from clinic.moving.tables import Alike, Column, Problem, Taker, takes
from clinic.moving.tables import columns as cells
from scheduling.models import Appointment, AppointmentType, Status
from scheduling.moving.people import Doctors, NotFound, Patients
from scheduling.services import book_appointment
from scheduling.services.past import ENDS, record_past_appointment

STATES = {
    Status.BOOKED: "booked confirmed planned scheduled gebucht geplant bestätigt réservé prévu confirmé",
    Status.FULFILLED: "fulfilled done completed seen attended erledigt abgeschlossen effectué terminé",
    Status.CANCELLED: "cancelled canceled abgesagt storniert annulé",
    Status.NOSHOW: "noshow no-show missed absent nichterschienen versäumt absence",
}
USUAL_MINUTES = 30
LONGEST_MINUTES = 24 * 60


@takes
class Visits(Taker):
    """Visits. Nobody is sent a message."""

    name = "appointments"
    label = _("Visits")
    icon = "calendar-event"
    about = _(
        "Past visits with how they ended; coming ones are booked if they fit. Nobody is sent a message."
    )
    position = 40
    result = "scheduling:calendar"
    identifier = "there"
    columns = (
        Column(
            "patient",
            _("Patient"),
            cells.text(254),
            ("patient number", "patient id", "patient name", "client", "patientin", "patientennummer"),
            required=True,
            example="P-00012",
        ),
        Column(
            "date_of_birth",
            _("Date of birth of the patient"),
            cells.day,
            ("dob", "date of birth", "birthdate", "geburtsdatum", "date de naissance"),
            example="1985-04-23",
        ),
        Column(
            "doctor",
            _("Doctor"),
            cells.text(254),
            (
                "physician",
                "provider",
                "practitioner",
                "doctor name",
                "arzt",
                "ärztin",
                "médecin",
                "praticien",
            ),
            required=True,
            example="MDCN/12345",
        ),
        Column(
            "date",
            _("Date"),
            cells.day_or_moment,
            ("day", "appointment date", "visit date", "start", "starts", "datum", "termin", "jour", "début"),
            required=True,
            example="2026-01-30",
        ),
        Column(
            "time",
            _("Time"),
            cells.clock,
            ("start time", "hour", "uhrzeit", "zeit", "beginn", "heure"),
            example="14:30",
        ),
        Column(
            "minutes",
            _("Minutes"),
            cells.whole,
            ("duration", "length", "dauer", "minuten", "durée"),
            example="30",
        ),
        Column(
            "status",
            _("State"),
            cells.choice(STATES),
            ("status", "outcome", "zustand", "statut", "état"),
            example="done",
        ),
        Column(
            "appointment_type",
            _("Kind of visit"),
            cells.text(80),
            ("type", "appointment type", "service", "reason code", "terminart", "leistung", "motif"),
            example="Follow-up",
        ),
        Column(
            "reason",
            _("Reason for the visit"),
            cells.text(500),
            ("reason", "notes", "note", "grund", "bemerkung", "raison"),
        ),
        Column(
            "there",
            _("Number in the old system"),
            cells.text(200),
            ("id", "appointment id", "number", "nr", "terminnummer"),
            example="A-2231",
        ),
    )

    # Each is tried.
    looked_at_once = 200

    def look_up(self, rows: list[dict[str, Any]]) -> None:
        """The people the rows name, and the kinds of visits."""
        self._patients, self._doctors = Patients(rows), Doctors()
        self._kinds = {kind.name.casefold(): kind for kind in AppointmentType.objects.all()}
        self._there = self._held(rows)

    def _held(self, rows: list[dict[str, Any]]) -> set[tuple[Any, Any, Any]]:
        """Which of these times these people have visits at already."""
        times = {_starts(facts) for facts in rows if "date" in facts and _has_time(facts)}
        visits = Appointment.objects.order_by().filter(starts_at__in=times)
        return set(visits.values_list("patient_id", "doctor_id", "starts_at"))

    def problems(self, facts: dict[str, Any]) -> Iterator[Problem]:
        """Who cannot be found, what has not ended, what is too long."""
        for name, find in (("patient", self._patients.find), ("doctor", self._doctors.find)):
            try:
                find(facts)
            except NotFound as problem:
                yield Problem(name, str(problem))
        if "appointment_type" in facts and facts["appointment_type"].casefold() not in self._kinds:
            yield Problem("appointment_type", now("There is no kind of visit of this name here."))
        if not 0 < facts.get("minutes", USUAL_MINUTES) <= LONGEST_MINUTES:
            yield Problem("minutes", now("A visit is not longer than a day."))
        if not _has_time(facts):
            yield Problem("time", now("Say at what time."))
        else:
            yield from _ended(facts)

    def alike(self, facts: dict[str, Any], line: int) -> Alike | None:
        """The same two people at the same time."""
        starts_at = _starts(facts)
        key = (self._patients.find(facts).pk, self._doctors.find(facts).pk, starts_at)
        if key in self._there:
            return Alike(_date_and_time(starts_at), 100, [_("same patient, doctor and time")], sure=True)
        self._there.add(key)
        return None

    def compared(self, facts: dict[str, Any]) -> dict[str, Any]:
        """With date and time of day in one."""
        return {**facts, "date": _date_and_time(_starts(facts))}

    def here(self, keys: Collection[Any]) -> dict[Any, dict[str, Any]]:
        """When each is, for how long, how it ended."""
        visits = Appointment.objects.order_by().filter(pk__in=keys)
        return {visit.pk: _said(visit) for visit in visits}

    def rehearse(self, facts: dict[str, Any], *, by: Any) -> Problem | None:
        """Whether a visit to come can be booked, and one of the past stands beside no other."""
        try:
            list(self.bring(facts, by=by))
        except Refusal as refusal:
            return Problem("date", refusal.message)
        return None

    def bring(self, facts: dict[str, Any], *, by: Any) -> Iterator[models.Model]:
        """Put it on record, or book it."""
        if _starts(facts) > timezone.now():
            yield self._book(facts, by)
            return
        yield record_past_appointment(
            by=by,
            **self._who_and_when(facts),
            minutes=facts.get("minutes", USUAL_MINUTES),
            status=facts["status"],
        )

    def _book(self, facts: dict[str, Any], by: Any) -> Appointment:
        return book_appointment(by=by, **self._who_and_when(facts), minutes=facts.get("minutes"), tell=False)

    def _who_and_when(self, facts: dict[str, Any]) -> dict[str, Any]:
        return {
            "patient": self._patients.find(facts),
            "doctor": self._doctors.find(facts),
            "starts_at": _starts(facts),
            "appointment_type": self._kinds.get(facts.get("appointment_type", "").casefold()),
            "reason": facts.get("reason", ""),
        }


def _said(visit: Appointment) -> dict[str, Any]:
    length = (visit.ends_at - visit.starts_at) // datetime.timedelta(minutes=1)
    said = {"minutes": length, "status": visit.status, "reason": visit.reason}
    return {"date": _date_and_time(visit.starts_at), **said}


def _date_and_time(moment: datetime.datetime) -> str:
    """Date and time of day as tables are compared by them."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _starts(facts: dict[str, Any]) -> datetime.datetime:
    date = facts["date"]
    return date if isinstance(date, datetime.datetime) else cells.at(date, facts["time"])


def _has_time(facts: dict[str, Any]) -> bool:
    return "time" in facts or isinstance(facts.get("date"), datetime.datetime)


def _ended(facts: dict[str, Any]) -> Iterator[Problem]:
    """What was has ended somehow, what will be has not."""
    is_past, status = _starts(facts) <= timezone.now(), facts.get("status")
    if is_past and status not in ENDS:
        yield Problem("status", now("This visit is over. Say how it ended: done, cancelled or missed."))
    if not is_past and status in ENDS:
        yield Problem("status", now("This visit is still to come: it can only be booked."))
