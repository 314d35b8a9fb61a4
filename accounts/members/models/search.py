"""Whom somebody means who types a name, a number, a phone number or a date of birth.

Each word is looked up where an index answers it; what is typed is never matched against every patient.
"""

import datetime
import re

from django.db.models import Q
from phonenumbers import country_code_for_region

from accounts.members.models.member import Member
from clinic.db.current import connection

# Fewer digits than these are a patient's number, not a phone's.
LEAST_OF_A_PHONE = 4
# Where a date of two numbers and a year is written with the month first.
MONTH_FIRST = ("US",)

_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_DIGITS = re.compile(r"[pP]?[\d\s+().\-/]*\d[\d\s+().\-/]*")


def meant_by(text: str) -> Q:
    """The condition on patients that all of `text` asks for."""
    if _DIGITS.fullmatch(text) and typed_date(text) is None:
        return _numbered(text)
    condition, names = Q(), []
    for word in text.split():
        if (born := typed_date(word)) is not None:
            condition &= Q(date_of_birth=born)
        elif _DIGITS.fullmatch(word):
            condition &= _numbered(word)
        else:
            names.append(word)
    return condition & Q(member__in=Member.objects.named(" ".join(names))) if names else condition


def typed_date(text: str) -> datetime.date | None:
    """The date `text` writes: 1980-05-31, or in the order of the clinic's country 31/5/1980, 31.05.1980."""
    try:
        if found := _DATE.fullmatch(text):
            first, second, year = map(int, found.groups())
            day, month = (second, first) if _country() in MONTH_FIRST else (first, second)
            return datetime.date(year, month, day)
        return datetime.date.fromisoformat(text) if text.count("-") == 2 else None
    except ValueError:
        return None


def _numbered(text: str) -> Q:
    """Those with this patient number or phone number; a phone's beginning or its last digits are enough."""
    from accounts.members.models.merge import PatientMerge
    from accounts.members.models.patient import PatientProfile, PatientSeries

    digits = re.sub(r"\D", "", text)
    number = PatientSeries.label(int(digits[-9:]))
    # The number of a file that was merged still finds the one it went into.
    into = PatientMerge.objects.standing().filter(merged_number=number).order_by().values("survivor")
    found = PatientProfile.objects.filter(number=number).values("pk").union(into, all=True)
    if len(digits) < LEAST_OF_A_PHONE or text[0] in "pP":
        return Q(pk__in=found)
    # One statement of three lookups, each by its own index.
    phoned = (Member.objects.filter(condition).values("pk") for condition in _phones(text, digits))
    return Q(pk__in=PatientProfile.objects.filter(number=number).values("pk").union(into, *phoned, all=True))


def _phones(text: str, digits: str) -> list[Q]:
    """A number as it is stored (international), as people of the country write it, or its end."""
    international = digits.removeprefix("00") if text[0] in "+0" else digits
    national = f"{country_code_for_region(_country())}{digits.lstrip('0')}"
    beginnings = Q(phone__startswith=f"+{international}") | Q(phone__startswith=f"+{national}")
    return [beginnings, Q(backwards__startswith=digits.lstrip("0")[::-1])]


def _country() -> str:
    return str(getattr(connection.tenant, "country", "") or "")
