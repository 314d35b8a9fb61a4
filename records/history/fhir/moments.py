"""FHIR's dateTime: a year, a month, a day or an instant (hl7.org/fhir/R4/datatypes.html#dateTime)."""

import datetime
import re
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from clinic.fhir.table import LeftOut
from records.history.models import Precision

_PARTS = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_EXACT = {1: Precision.YEAR, 2: Precision.MONTH, 3: Precision.DAY}
# A clock elsewhere may be a little ahead of ours.
AHEAD = datetime.timedelta(minutes=5)
# What programs write where they know no date ("0001-01-01", "9999-12-31") is none.
SENSIBLE = range(1800, 2201)


class When(NamedTuple):
    """A moment, and how exactly it is known."""

    at: datetime.datetime | None = None
    precision: Precision = Precision.UNKNOWN

    @property
    def facts(self) -> dict[str, Any]:
        """As an entry has them. Raises LeftOut for what has not happened yet."""
        if self.at and self.at > timezone.now() + AHEAD:
            raise LeftOut(_("It lies in the future: this is no history yet."))
        return {"happened_at": self.at, "precision": self.precision}


def when(text: Any) -> When:
    """The moment that a dateTime, a date or an instant names; unknown without one."""
    said = str(text or "")
    if is_no_date(said):
        return When()
    if parts := _PARTS.fullmatch(said):
        numbers = [int(part) for part in parts.groups() if part]
        year, month, day = [*numbers, 1, 1][:3]
        midnight = datetime.datetime.combine(datetime.date(year, month, day), datetime.time())
        return When(timezone.make_aware(midnight), _EXACT[len(numbers)])
    found = parse_datetime(said) if said else None
    if found is None:
        return When()
    return When(found if timezone.is_aware(found) else timezone.make_aware(found), Precision.TIME)


def is_no_date(text: Any) -> bool:
    """Whether this stands where somebody knew no date."""
    year = str(text or "")[:4]
    return year.isdecimal() and int(year) not in SENSIBLE


def begun(resource: dict[str, Any], name: str) -> When:
    """When it was, of the choices FHIR has for that: `name`DateTime, Instant, or the start of a Period."""
    period = resource.get(f"{name}Period") or {}
    said = (resource.get(f"{name}DateTime"), resource.get(f"{name}Instant"), period.get("start"))
    return when(next(filter(None, said), None))


def ended(period: Any, start: When) -> datetime.datetime | None:
    """The end of a Period, where it has one after its start."""
    end = when((period or {}).get("end")).at
    return end if end and start.at and end >= start.at else None


def written(at: datetime.datetime | None, precision: str) -> str:
    """The moment as FHIR writes it, no more exact than it is known."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    forms = {
        Precision.YEAR: f"{local:%Y}".zfill(4),
        Precision.MONTH: f"{local:%Y-%m}".zfill(7),
        Precision.DAY: local.date().isoformat(),
    }
    return forms.get(Precision(precision), at.isoformat())
