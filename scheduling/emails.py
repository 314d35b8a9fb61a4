"""What patients are told about their visits: when and with whom, never why.

A mailbox is not the clinic: the reason for the visit and other clinical words stay behind the link.
"""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone

from accounts.members.models import PatientProfile
from clinic.db.current import connection
from clinic.notifications.services import enqueue
from scheduling.models import Appointment, WaitingListEntry


def request_received(appointment: Appointment) -> None:
    """The clinic has the request and will answer."""
    _send("request_received", appointment)


def appointment_booked(appointment: Appointment) -> None:
    """The visit is booked."""
    _send("appointment_booked", appointment)


def appointment_confirmed(appointment: Appointment) -> None:
    """The request was accepted."""
    _send("appointment_confirmed", appointment)


def appointment_declined(appointment: Appointment) -> None:
    """The request was turned down."""
    _send("appointment_declined", appointment)


def appointment_moved(appointment: Appointment) -> None:
    """The visit has another time now."""
    _send("appointment_moved", appointment)


def appointment_cancelled(appointment: Appointment) -> None:
    """The visit will not take place."""
    _send("appointment_cancelled", appointment)


def time_offered(appointment: Appointment) -> None:
    """A time is free for somebody on the waiting list, for a while."""
    _send("time_offered", appointment)


def offer_withdrawn(appointment: Appointment) -> None:
    """The clinic cannot keep the time it had offered."""
    _send("offer_withdrawn", appointment)


def wish_ended(wish: WaitingListEntry) -> None:
    """The patient is on the waiting list no more."""
    to = wish.patient.member.email
    if not to:
        return
    clinic = connection.tenant
    enqueue(
        kind="wish_ended",
        to=to,
        template="scheduling/mail/wish_ended.txt",
        context={
            "wish": wish,
            "today": timezone.localdate(),
            "clinic": clinic,
            "book": clinic.url(reverse("scheduling:home", urlconf="clinic.urls")),
        },
        key=str(wish.pk),
        about_id=wish.pk,
    )


def visits_rebooked(
    patient: PatientProfile, changes: Sequence[tuple[Appointment, Appointment | None]]
) -> None:
    """What became of visits that the clinic had to call off: each old one with its new one, if it has one."""
    if not patient.member.email:
        return
    clinic, first = connection.tenant, changes[0][0]
    told = [(old, new, clinic.url(_page_of(new)) if new else "") for old, new in changes]
    enqueue(
        kind="visits_rebooked",
        to=patient.member.email,
        template="scheduling/mail/visits_rebooked.txt",
        context={
            "patient": patient,
            "clinic": clinic,
            "changes": told,
            "book": clinic.url(reverse("scheduling:home", urlconf="clinic.urls")),
        },
        key=str(first.pk),
        about_id=first.pk,
    )


def _page_of(appointment: Appointment) -> str:
    return reverse("scheduling:visit", args=[appointment.token], urlconf="clinic.urls")


def _send(kind: str, appointment: Appointment) -> None:
    to = appointment.patient.member.email
    if not to:
        return
    clinic = connection.tenant
    page, secrets = "visit", [appointment.token]
    if appointment.awaits_patient:
        page, secrets = "confirm_request", [appointment.token, appointment.proof]
    enqueue(
        kind=kind,
        to=to,
        template=f"scheduling/mail/{kind}.txt",
        context={
            "appointment": appointment,
            "clinic": clinic,
            "link": clinic.url(reverse(f"scheduling:{page}", args=secrets, urlconf="clinic.urls")),
            "book": clinic.url(reverse("scheduling:home", urlconf="clinic.urls")),
        },
        key=str(appointment.pk),
        about_id=appointment.pk,
    )


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
    first, clinic = visits[0], connection.tenant
    if not first.patient.member.email:
        return
    enqueue(
        kind=kind,
        to=first.patient.member.email,
        template=f"scheduling/mail/{kind}.txt",
        context={
            "patient": first.patient,
            "clinic": clinic,
            "doctor": first.doctor,
            "visits": [(visit, clinic.url(_page_of(visit))) for visit in visits],
            "book": clinic.url(reverse("scheduling:home", urlconf="clinic.urls")),
        },
        key=str(first.pk),
        about_id=first.pk,
    )
