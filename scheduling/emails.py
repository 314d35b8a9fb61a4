"""What patients are told about their visits: when and with whom, never why.

A mailbox is not the clinic: the reason for the visit and other clinical words stay behind the link.
"""

from django.urls import reverse

from clinic.db.current import connection
from clinic.notifications.services import enqueue
from scheduling.models import Appointment


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


def _send(kind: str, appointment: Appointment) -> None:
    to = appointment.patient.member.email
    if not to:
        return
    clinic = connection.tenant
    enqueue(
        kind=kind,
        to=to,
        template=f"scheduling/mail/{kind}.txt",
        context={
            "appointment": appointment,
            "clinic": clinic,
            "link": clinic.url(reverse("scheduling:visit", args=[appointment.token], urlconf="clinic.urls")),
            "book": clinic.url(reverse("scheduling:home", urlconf="clinic.urls")),
        },
        key=str(appointment.pk),
        about_id=appointment.pk,
    )
