"""What a calendar's entry says of a visit: to its patient, and to those who work here."""

import datetime
import unicodedata
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.db.current import connection
from scheduling.models import Appointment, Branch, Mode, Status

# Which visits calendars show; of the others an open entry is taken away.
SHOWN = (Status.PENDING, Status.BOOKED, Status.ARRIVED, Status.CHECKED_IN, Status.FULFILLED)
UNSETTLED = (Status.PENDING, Status.PROPOSED)
# What stands on a letter, and what is not seen beside it (Unicode's general categories).
MARKS = {"Mn", "Mc", "Me", "Cf"}
# Control characters, and the two that only separate lines.
UNSEEN = {"Cc", "Zl", "Zp"}
# When something about a visit changed.
CHANGES = (
    "created_at",
    "patient_confirmed_at",
    "confirmed_at",
    "declined_at",
    "arrived_at",
    "checked_in_at",
    "fulfilled_at",
    "cancelled_at",
    "noshow_at",
)


# All that entries are made of, for those who need thousands.
COLUMNS = (
    *("calendar_id", "sequence", "status", "starts_at", "ends_at", "mode", *CHANGES),
    *("doctor__clinic_address", "doctor__member__given_name", "doctor__member__family_name"),
    *("patient__member__given_name", "patient__member__family_name"),
    *("branch__name", "branch__address", "branch__latitude", "branch__longitude", "branch__phone"),
)


class Entry(NamedTuple):
    """All that an entry says; equal entries are written alike."""

    uid: str
    sequence: int
    status: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    changed_at: datetime.datetime
    summary: str
    location: str
    description: str
    url: str
    geo: tuple[float, float] | None = None


def for_patient(visit: Appointment, *, by_link: bool = False) -> Entry:
    """The visit as its patient's calendar shows it.

    It leads to the page behind the sign-in, or `by_link`, as letters do, to the patient's own link.
    """
    clinic = connection.tenant
    phone = (visit.branch.phone if visit.branch else "") or clinic.phone
    page, key = ("visit", visit.token) if by_link else ("appointment", str(visit.pk))
    told = [_("With %(doctor)s") % {"doctor": visit.doctor.name}, visit.address]
    if phone:
        told.append(_("Phone: %(phone)s") % {"phone": phone})
    return _entry(visit, _("Visit at %(clinic)s") % {"clinic": clinic.name}, told, page, key)


def for_staff(visit: Appointment) -> Entry:
    """The visit as calendars of those who work here show it: the patient by initials alone."""
    letters = initials(visit.patient.member)
    summary = _("Visit: %(initials)s") % {"initials": letters} if letters else _("Visit")
    told = [_("With %(doctor)s") % {"doctor": visit.doctor.name}]
    return _entry(visit, summary, told, "appointment", str(visit.pk))


def initials(member: Any) -> str:
    """The first letters of the names, in any script; of a name of one letter nothing is said."""
    firsts = map(_first, (member.given_name, member.family_name))
    return " ".join(f"{letter}." for letter in firsts if letter)


def _first(name: str) -> str:
    """The first letter with the marks that belong to it, unless it is all there is."""
    letters: list[str] = []
    for letter in unicodedata.normalize("NFC", one_line(name)):
        if letters and unicodedata.category(letter) in MARKS:
            letters[-1] += letter
        else:
            letters.append(letter)
    return letters[0].upper() if len(letters) > 1 else ""


def one_line(text: object) -> str:
    """`text` without line breaks and what else is not seen: files must not hold it (RFC 5545, 3.1)."""
    told = str(text)
    if not told.isprintable():
        told = "".join(" " if unicodedata.category(letter) in UNSEEN else letter for letter in told)
    return " ".join(told.split())


def _entry(visit: Appointment, summary: str, told: list[str], page: str, key: str) -> Entry:
    url = connection.tenant.url(reverse(f"scheduling:{page}", args=[key], urlconf="clinic.urls"))
    return Entry(
        uid=f"{visit.calendar_id}@{settings.PLATFORM_DOMAIN}",
        sequence=visit.sequence,
        status=_status(visit),
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        changed_at=max(moment for name in CHANGES if (moment := getattr(visit, name))),
        summary=one_line(summary),
        location=one_line(_place(visit)),
        geo=_point(visit),
        description="\n".join([*filter(None, map(one_line, told)), url]),
        url=url,
    )


def _status(visit: Appointment) -> str:
    if visit.status in UNSETTLED:
        return "TENTATIVE"
    return "CONFIRMED" if visit.status in SHOWN else "CANCELLED"


def _place(visit: Appointment) -> str:
    if visit.mode != Mode.IN_PERSON:
        return visit.get_mode_display()
    if visit.branch:
        return f"{connection.tenant.name}, {visit.branch.where}"
    return visit.doctor.clinic_address or connection.tenant.address or connection.tenant.name


def _point(visit: Appointment) -> tuple[float, float] | None:
    """The coordinates of where the patient comes to, if they are known (RFC 5545, GEO)."""
    own = visit.doctor.clinic_address
    is_elsewhere = not visit.branch and own and own != connection.tenant.address
    if visit.mode != Mode.IN_PERSON or is_elsewhere:
        return None
    return (visit.branch or Branch.main()).place
