"""Files of entries: for a letter, for one visit, for a feed."""

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.utils import timezone

from clinic.db.current import connection
from scheduling.calendars.entries import Entry, for_patient, one_line
from scheduling.calendars.zones import clocks, described
from scheduling.models import Appointment
from scheduling.models.clocks import Stretch

PRODUCT = "-//Clinic//Visits//EN"
# How often a calendar program is asked to look again.
REFRESH = datetime.timedelta(hours=1)


class Person(NamedTuple):
    """Somebody's name and e-mail address."""

    name: str
    email: str


@dataclass(frozen=True)
class File:
    """All that a file says: of equal ones the text is the same."""

    entries: tuple[Entry, ...]
    zone: str
    clocks: tuple[Stretch, ...]
    # What is to be done with it (RFC 5546); a feed only says what is.
    method: str = ""
    made_at: datetime.datetime | None = None
    name: str = ""
    organizer: Person | None = None
    attendee: Person | None = None

    @property
    def etag(self) -> str:
        """What tells this file from every other, without writing it."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    @property
    def text(self) -> str:
        """The file as RFC 5545 wants it."""
        calendar = icalendar.Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        if self.method:
            calendar.add("method", self.method)
        if self.name:
            calendar.add("name", self.name)
            calendar.add("x-wr-calname", self.name)
            calendar.add("x-wr-timezone", self.zone)
            calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
            calendar.add("x-published-ttl", icalendar.vDuration(REFRESH))
        zone = ZoneInfo(self.zone)
        calendar.add_component(described(zone, self.clocks))
        for entry in self.entries:
            calendar.add_component(self._event(entry, zone))
        return calendar.to_ical().decode()

    def _event(self, entry: Entry, zone: ZoneInfo) -> icalendar.Event:
        event = icalendar.Event()
        event.add("uid", entry.uid)
        event.add("sequence", entry.sequence)
        # When the file was made if it asks for something, else when the visit changed (RFC 5545, 3.8.7.2).
        event.add("dtstamp", self.made_at or entry.changed_at)
        event.add("last-modified", entry.changed_at)
        event.add("dtstart", _local(entry.starts_at, zone))
        event.add("dtend", _local(entry.ends_at, zone))
        event.add("status", entry.status)
        event.add("summary", entry.summary)
        event.add("location", entry.location)
        if entry.geo:
            event.add("geo", entry.geo)
        event.add("description", entry.description)
        event.add("url", entry.url)
        event.add("class", "PRIVATE")
        event.add("transp", "OPAQUE")
        if self.organizer:
            event.add("organizer", _address(self.organizer))
        if self.attendee:
            attendee = _address(self.attendee)
            attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
            event.add("attendee", attendee)
        return event


def _local(moment: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    """By the zone's clock; in UTC in the hour that this clock shows for the second time."""
    local = moment.astimezone(zone)
    return moment.astimezone(datetime.UTC) if local.fold else local


def _address(person: Person) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{person.email}")
    # A quotation mark would end the parameter, and few readers know its escape (RFC 6868).
    address.params["CN"] = one_line(person.name).replace('"', "'")
    return address


def file_of(entries: Sequence[Entry], *, name: str = "") -> File:
    """The entries with the clocks of the clinic's zone around them."""
    zone = connection.tenant.time_zone
    first = min((entry.starts_at for entry in entries), default=timezone.now())
    last = max((entry.ends_at for entry in entries), default=timezone.now())
    return File(tuple(entries), zone, clocks(ZoneInfo(zone), first, last), name=one_line(name))


def single(entry: Entry) -> File:
    """One visit, to be put into a calendar by hand."""
    return _sent([entry], "PUBLISH")


def for_letter(visits: Sequence[Appointment], *, to: str) -> str:
    """The file that goes along with a letter to `to` about one patient's visits.

    One visit is an invitation that is accepted already, or its end; several are told as they are, for an
    invitation is about one (RFC 5546, 3.2.1, 3.2.2, 3.2.5).
    """
    entries = [for_patient(visit, by_link=True) for visit in visits]
    if len(entries) > 1:
        return _sent(entries, "PUBLISH").text
    patient = visits[0].patient
    method = "CANCEL" if entries[0].status == "CANCELLED" else "REQUEST"
    return replace(_sent(entries, method), attendee=Person(patient.name, to)).text


def _sent(entries: Sequence[Entry], method: str) -> File:
    clinic = Person(connection.tenant.name, settings.DEFAULT_FROM_EMAIL)
    return replace(file_of(entries), method=method, made_at=timezone.now(), organizer=clinic)
