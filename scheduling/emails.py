"""What patients are told about their visits: when and with whom, never why.

A mailbox is not the clinic: the reason for the visit and other clinical words stay behind the link. Each
patient is told in the own language, by letter or, without an e-mail address, by text message; whoever can
be told in neither way is a message that failed, for the clinic to see.
"""

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from accounts.members.models import Member, PatientProfile
from accounts.members.models.guardianship import readers_of
from clinic.db.current import connection
from clinic.languages import speaking
from clinic.notifications.models import Channel
from clinic.notifications.services import enqueue
from scheduling import calendars
from scheduling.models import Appointment, WaitingListEntry

# What belongs into nobody's calendar yet: only one side has agreed to it.
UNSETTLED = {"request_received", "time_offered", "offer_withdrawn"}


# What can be told once more about a visit as it is now.
ABOUT_ONE_VISIT = frozenset(
    {
        "request_received",
        "appointment_booked",
        "appointment_confirmed",
        "appointment_declined",
        "appointment_moved",
        "appointment_cancelled",
        "reminder",
        "time_offered",
        "offer_withdrawn",
    }
)


class Way(NamedTuple):
    """How somebody is reached; nowhere if `to` is empty."""

    channel: str
    to: str


def way_to(patient: PatientProfile, channel: str | None = None) -> Way:
    """How the patient is reached: by letter, else by text message; first by `channel`, if it is given."""
    return ways_to(patient, channel)[0][1]


def ways_to(patient: PatientProfile, channel: str | None = None) -> list[tuple[Member, Way]]:
    """Who reads what the patient is told, and how it reaches them; for a child the guardians."""
    ways = [(reader, _way(reader, channel)) for reader in readers_of(patient.member)]
    # Two who share an address get one message.
    return list({way: (reader, way) for reader, way in reversed(ways)}.values())[::-1]


def _way(reader: Member, channel: str | None) -> Way:
    by_sms, by_mail = Way(Channel.SMS, reader.mobile), Way(Channel.EMAIL, reader.email)
    ways = (by_sms, by_mail) if channel == Channel.SMS else (by_mail, by_sms)
    return next((way for way in ways if way.to), by_mail)


def tell(
    kind: str,
    appointment: Appointment,
    *,
    channel: str | None = None,
    due_at: datetime.datetime | None = None,
    key: str = "",
    is_late: bool = False,
) -> bool:
    """Tell the patient about a visit, now or at `due_at`; say whether this is new.

    `is_late`: it is too late for the patient to move or cancel it on its page.

    The same kind is told once about a visit, or once for each `key`; never twice at the same moment.
    """
    page, secrets = "visit", [appointment.token]
    if appointment.awaits_patient:
        page, secrets = "confirm_request", [appointment.token, appointment.proof]
    return _send(
        kind,
        appointment.patient,
        key=key or str(appointment.pk),
        about_id=appointment.pk,
        channel=channel,
        due_at=due_at,
        entered=() if kind in UNSETTLED else [appointment],
        appointment=appointment,
        is_late=is_late,
        link=_address(page, *secrets),
    )


def request_received(appointment: Appointment) -> None:
    """The clinic has the request and will answer."""
    tell("request_received", appointment)


def appointment_booked(appointment: Appointment) -> None:
    """The visit is booked."""
    tell("appointment_booked", appointment)


def appointment_confirmed(appointment: Appointment) -> None:
    """The request was accepted."""
    tell("appointment_confirmed", appointment)


def appointment_declined(appointment: Appointment) -> None:
    """The request was turned down."""
    tell("appointment_declined", appointment)


def appointment_moved(appointment: Appointment) -> None:
    """The visit has another time now."""
    tell("appointment_moved", appointment)


def appointment_cancelled(appointment: Appointment) -> None:
    """The visit will not take place."""
    tell("appointment_cancelled", appointment)


def time_offered(appointment: Appointment) -> None:
    """A time is free for somebody on the waiting list, for a while."""
    tell("time_offered", appointment)


def offer_withdrawn(appointment: Appointment) -> None:
    """The clinic cannot keep the time it had offered."""
    tell("offer_withdrawn", appointment)


def wish_ended(wish: WaitingListEntry) -> None:
    """The patient is on the waiting list no more."""
    _send(
        "wish_ended", wish.patient, key=str(wish.pk), about_id=wish.pk, wish=wish, today=timezone.localdate()
    )


def visits_rebooked(
    patient: PatientProfile, changes: Sequence[tuple[Appointment, Appointment | None]]
) -> None:
    """What became of visits that the clinic had to call off: each old one with its new one, if it has one."""
    old, new = changes[0]
    # About the visit that stands now: when that is moved or called off in its turn, this is needless.
    first = new or old
    told = [(old, new, _address("visit", new.token) if new else "") for old, new in changes]
    # As they are now: the old ones were read before they were called off.
    entered = list(
        Appointment.objects.with_people().in_bulk([(new or old).pk for old, new in changes]).values()
    )
    _send("visits_rebooked", patient, key=str(first.pk), about_id=first.pk, entered=entered, changes=told)


def series_booked(visits: Sequence[Appointment]) -> None:
    """All the visits of a series are booked."""
    _send_series("series_booked", visits)


def series_moved(visits: Sequence[Appointment]) -> None:
    """Visits of a series have other times now."""
    _send_series("series_moved", visits)


def series_cancelled(visits: Sequence[Appointment]) -> None:
    """Visits of a series will not take place."""
    _send_series("series_cancelled", visits)


def _send_series(kind: str, visits: Sequence[Appointment]) -> None:
    """One message about several visits of one patient."""
    first = visits[0]
    told = [(visit, _address("visit", visit.token)) for visit in visits]
    facts: dict[str, Any] = {"doctor": first.doctor, "visits": told}
    _send(kind, first.patient, key=str(first.pk), about_id=first.pk, entered=visits, **facts)


def _send(
    kind: str,
    patient: PatientProfile,
    *,
    key: str,
    about_id: Any,
    channel: str | None = None,
    due_at: datetime.datetime | None = None,
    entered: Sequence[Appointment] = (),
    **words: Any,
) -> bool:
    """Write one message to everybody who reads what the patient is told, by the way there is to each.

    `words` are what its template may say. With a letter go the visits that it lets the reader's calendar know
    of (`entered`).
    """
    words |= {"patient": patient, "clinic": connection.tenant, "book": _address("home")}
    written = []
    for number, (reader, way) in enumerate(ways_to(patient, channel)):
        medium = "sms" if way.channel == Channel.SMS else "mail"
        new = enqueue(
            kind=kind,
            channel=way.channel,
            to=way.to,
            template=f"scheduling/{medium}/{kind}.txt",
            context={**words, "reader": reader},
            key=f"{key} {reader.pk}" if number else key,
            member_id=patient.pk,
            about_id=about_id,
            language=patient.language,
            due_at=due_at,
            calendar=_calendar(patient, way, entered),
        )
        written.append(new)
    return any(written)


def _calendar(patient: PatientProfile, way: Way, entered: Sequence[Appointment]) -> str:
    if not (entered and way.to) or way.channel == Channel.SMS:
        return ""
    with speaking(patient.language):
        return calendars.for_letter(entered, to=way.to)


def _address(page: str, *parts: str) -> str:
    return connection.tenant.url(reverse(f"scheduling:{page}", args=parts, urlconf="clinic.urls"))
