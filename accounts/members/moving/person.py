"""What tables say of any person, and how cells about people are read."""

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.members.models.patient import OLDEST, BloodGroup, Gender
from clinic.languages import languages
from clinic.moving.reading import Shape
from clinic.moving.tables import Column, Unreadable
from clinic.moving.tables import columns as cells

GENDERS = {
    Gender.FEMALE: "f female w weiblich woman frau femme féminin f. mrs ms mme",
    Gender.MALE: "m male männlich man mann herr homme masculin h mr",
    Gender.OTHER: "other o d divers diverse autre x nonbinary",
    Gender.UNKNOWN: "unknown u unbekannt inconnu na",
}


def birth(cell: str, shape: Shape) -> datetime.date:
    """A day on which somebody alive may have been born."""
    born = cells.day(cell, shape)
    if born > timezone.localdate():
        raise Unreadable(now("A date of birth cannot lie in the future."))
    if born < OLDEST:
        raise Unreadable(now("Check the year: nobody alive was born before 1900."))
    return born


def blood_group(cell: str, shape: Shape) -> str:
    """A+, 0 Rh neg, AB positive: in our writing."""
    bare = cell.upper().replace(" ", "").replace("RH", "").replace("0", "O").replace("−", "-")
    bare = bare.replace("POSITIVE", "+").replace("NEGATIVE", "-").replace("POS", "+").replace("NEG", "-")
    if bare not in BloodGroup.values:
        raise Unreadable(now("“%(cell)s” is no blood group. Write it as A+ or O-.") % {"cell": cell})
    return bare


def country(cell: str, shape: Shape) -> str:
    """A country by its code (ISO 3166-1) or its name."""
    found = countries.alpha2(cell.upper()) or countries.by_name(cell, insensitive=True)
    if not found:
        raise Unreadable(now("“%(cell)s” is no country. Write its two letters, as in NG.") % {"cell": cell})
    return str(found)


def language(cell: str, shape: Shape) -> str:
    """One of the languages the clinic writes."""
    for code, name in languages():
        if cell.casefold() in (code, str(name).casefold()):
            return code
    names = ", ".join(str(name) for _code, name in languages())
    raise Unreadable(
        now("The clinic does not write in “%(cell)s”: %(names)s.") % {"cell": cell, "names": names}
    )


def said_of(profile: Any, columns: Iterable[Column], besides: Collection[str] = ()) -> dict[str, Any]:
    """What a profile and its person say of the columns, but for those kept elsewhere."""
    names = [column.name for column in columns if column.name not in besides]
    return {name: getattr(profile if hasattr(profile, name) else profile.member, name) for name in names}


PERSON = (
    Column(
        "given_name",
        _("Given name"),
        cells.text(100),
        ("first name", "firstname", "forename", "given", "vorname", "prénom", "prenom", "patient first name"),
        required=True,
        example="Ada",
    ),
    Column(
        "family_name",
        _("Family name"),
        cells.text(100),
        ("last name", "lastname", "surname", "family", "name", "nachname", "familienname", "nom"),
        example="Okafor",
    ),
    Column(
        "email",
        _("E-mail"),
        cells.email,
        ("email address", "mail", "e-mail-adresse", "courriel", "adresse e-mail"),
        example="ada@example.org",
    ),
    Column(
        "phone",
        _("Phone"),
        cells.phone,
        ("mobile", "telephone", "phone number", "cell", "telefon", "handy", "tel", "téléphone", "portable"),
        example="+2348031234567",
    ),
)
