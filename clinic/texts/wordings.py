"""The table of messages that a clinic may word itself, and of what each may say.

A clinic's words are text and no template: between braces stands one of the names below and nothing else.
None of them tells why somebody is seen; what a message cannot do without (`needs`) must stay in it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from clinic.notifications.kinds import label_of
from clinic.notifications.models import Channel


class Placeholder(NamedTuple):
    """A name between braces: what people read it as, and our own template that says it."""

    label: Any
    says: str
    # On the phone, where it is written shorter.
    in_short: str = ""


PLACEHOLDERS: Mapping[str, Placeholder] = MappingProxyType(
    {
        "patient": Placeholder(_("given name of the patient"), "{{ patient.member.given_name }}"),
        "doctor": Placeholder(_("doctor"), "{% firstof appointment.doctor.member.name doctor.member.name %}"),
        "date": Placeholder(
            _("day of the visit"), '{{ appointment.starts_at|day:"full" }}', "{{ appointment.starts_at|day }}"
        ),
        "time": Placeholder(_("time of the visit"), "{{ appointment.starts_at|clock }}"),
        "until": Placeholder(_("until when the time is kept"), "{{ appointment.held_until|day_time }}"),
        "visits": Placeholder(_("all days and times"), '{% include "texts/visits.txt" %}'),
        "changes": Placeholder(_("what became of each visit"), '{% include "scheduling/sms/changes.txt" %}'),
        "number": Placeholder(_("number of the invoice"), "{{ invoice.reference }}"),
        "due": Placeholder(_("day on which it is due"), "{{ invoice.due_on|day }}"),
        "amount": Placeholder(_("what is still to be paid"), "{{ invoice.payable|money:invoice.currency }}"),
        "period": Placeholder(
            _("days of the statement"), "{{ statements.0.first|day }} – {{ statements.0.last|day }}"
        ),
        "clinic": Placeholder(_("name of the clinic"), "{{ clinic.name }}"),
        "phone": Placeholder(_("phone of the clinic"), "{{ clinic.phone }}"),
        "address": Placeholder(
            _("where the patient comes to"), "{% firstof appointment.address clinic.address %}"
        ),
        "link": Placeholder(_("address of the visit's page"), "{{ link }}"),
        "book": Placeholder(_("address where visits are booked"), "{{ book }}"),
        "pay": Placeholder(_("address where it is paid online"), "{{ pay }}"),
    }
)
# A subject stands in every list of letters: what it may say is short, and names nobody.
IN_SUBJECTS = frozenset({"clinic", "date", "time", "number", "due"})


class Wording(NamedTuple):
    """A kind of message: its templates' room, its placeholders, and which of them must stay."""

    kind: str
    room: str
    names: tuple[str, ...]
    letter_needs: tuple[str, ...] = ()
    # None: it never goes out as a text message.
    sms_needs: tuple[str, ...] | None = ()

    @property
    def label(self) -> str:
        """What the kind is called."""
        return label_of(self.kind)

    @property
    def channels(self) -> tuple[str, ...]:
        """How it travels."""
        return (Channel.EMAIL,) if self.sms_needs is None else (Channel.EMAIL, Channel.SMS)

    def template(self, channel: str) -> str:
        """Our own words."""
        return f"{self.room}/{'sms' if channel == Channel.SMS else 'mail'}/{self.kind}.txt"

    def names_in(self, part: str) -> tuple[str, ...]:
        """What may stand between braces in a part of the text."""
        return tuple(name for name in self.names if part != "subject" or name in IN_SUBJECTS)

    def needed_in(self, part: str) -> tuple[str, ...]:
        """What must stand in a part that is worded anew."""
        return {"opening": self.letter_needs, "text": self.sms_needs or ()}.get(part, ())


PLACE = ("clinic", "phone", "address")
VISIT = ("patient", "doctor", "date", "time", *PLACE, "link", "book")
SERIES = ("patient", "doctor", "visits", *PLACE, "book")
WHEN = ("date", "time")

VISITS = (
    Wording("request_received", "scheduling", (*VISIT, "until"), ("until",), (*WHEN, "until", "link")),
    Wording("appointment_booked", "scheduling", VISIT, (), (*WHEN, "link")),
    Wording("appointment_confirmed", "scheduling", VISIT, (), (*WHEN, "link")),
    Wording("appointment_declined", "scheduling", VISIT, (), WHEN),
    Wording("appointment_moved", "scheduling", VISIT, (), (*WHEN, "link")),
    Wording("appointment_cancelled", "scheduling", VISIT, (), WHEN),
    Wording("reminder", "scheduling", VISIT, (), (*WHEN, "link")),
    Wording("time_offered", "scheduling", (*VISIT, "until"), ("until",), (*WHEN, "until", "link")),
    Wording("offer_withdrawn", "scheduling", VISIT, (), WHEN),
    Wording("wish_ended", "scheduling", ("patient", *PLACE, "book")),
    Wording("visits_rebooked", "scheduling", ("patient", *PLACE, "changes", "book"), (), ("changes",)),
    # Only their opening names the doctor.
    Wording("series_booked", "scheduling", SERIES, ("doctor",), ("visits",)),
    Wording("series_moved", "scheduling", SERIES, ("doctor",), ("visits",)),
    Wording("series_cancelled", "scheduling", SERIES, ("doctor",), ("visits",)),
)
MONEY = (
    Wording("invoice", "billing", ("patient", "number", "due", *PLACE), (), None),
    Wording("statement", "billing", ("patient", "period", *PLACE), (), None),
    Wording(
        "payment_reminder",
        "billing",
        ("patient", "number", "due", "amount", "pay", *PLACE),
        (),
        ("number", "due", "amount"),
    ),
)
GROUPS: tuple[tuple[Any, tuple[Wording, ...]], ...] = (
    (_("About visits"), VISITS),
    (_("About money"), MONEY),
)
WORDINGS: Mapping[str, Wording] = MappingProxyType({one.kind: one for one in (*VISITS, *MONEY)})
