"""What several resources have in common: names, addresses, ways to reach somebody, days."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django_countries import countries
from phonenumber_field.phonenumber import to_python
from phonenumbers import SUPPORTED_REGIONS

from clinic.db.current import connection
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Resource

# In this order the first name and address are taken; what was before is not who somebody is.
USES = ("official", "usual", "", "home", "mobile", "work", "temp", "nickname", "anonymous", "maiden", "old")


def current(found: Iterable[Resource] | None, *uses: str) -> Resource:
    """The name, address or number that holds now: by its use, else the first."""
    order = uses or USES
    ranked = sorted(found or (), key=lambda each: _rank(each.get("use", ""), order))
    return ranked[0] if ranked else {}


def _rank(use: str, order: tuple[str, ...]) -> int:
    return order.index(use) if use in order else len(order)


def name_of(resource: Resource) -> tuple[str, str]:
    """The given and the family name; of a name in one piece the last word is the family's."""
    name = current(resource.get("name"))
    given, family = " ".join(name.get("given") or ()), str(name.get("family") or "")
    if not (given or family):
        given, _space, family = str(name.get("text") or "").strip().rpartition(" ")
    # A single name is the one somebody is called by.
    return (given.strip(), family.strip()) if given.strip() else (family.strip(), "")


def written_name(given: str, family: str) -> Resource:
    """A HumanName."""
    return {"use": "official", "text": f"{given} {family}".strip(), "family": family, "given": [given]}


def reached(resource: Resource, system: str, *uses: str) -> str:
    """The e-mail address or telephone number by which somebody is reached."""
    found = [each for each in resource.get("telecom") or () if _is_of(each, system)]
    return str(current(found, *uses).get("value") or "").strip()


def _is_of(way: Resource, system: str) -> bool:
    """What does not say of which kind it is, is told by its look."""
    said = str(way.get("value") or "")
    guessed = "email" if "@" in said else "phone" if any(map(str.isdigit, said)) else ""
    return bool(way.get("system") or guessed) and (way.get("system") or guessed) == system


def note_others(resource: Resource, bringing: Bringing) -> None:
    """Count what somebody has several of, and a file here only one: names, addresses, ways to reach them."""
    kind, ways = resource["resourceType"], resource.get("telecom") or []
    others = {
        _("A former name, or another one."): len(resource.get("name") or []) - 1,
        _("Another address."): len(resource.get("address") or []) - 1,
        _("Another telephone number or e-mail address."): len(ways)
        - sum(bool(reached(resource, system)) for system in ("phone", "email")),
    }
    for reason, count in others.items():
        for _each in range(count):
            bringing.note(kind, reason)


def phone_of(resource: Resource, bringing: Bringing) -> Any:
    """The telephone number, mobile first, as people of the address's country or of ours write it."""
    text = reached(resource, "phone", "mobile", "home", "", "work")
    for region in (country_of(address_of(resource)), str(connection.tenant.country)):
        number = to_python(text, region if region in SUPPORTED_REGIONS else None) if text else None
        if number and number.is_valid():
            return number
    if text:
        bringing.note(resource["resourceType"], _("A telephone number that nobody can dial."))
    return ""


def address_of(resource: Resource) -> Resource:
    """The address at which somebody lives."""
    return current(resource.get("address"), "home", "", "temp", "billing", "work", "old")


def country_of(address: Resource) -> str:
    """The ISO 3166 code of the address's country, which others write as a name or in three letters."""
    said = str(address.get("country") or "").strip()
    if len(said) in (2, 3):
        return str(countries.alpha2(said.upper()) or "")
    return str(countries.by_name(said) or "") if said else ""


def day_of(text: Any) -> datetime.date | None:
    """The day that a FHIR date or dateTime says, here; None where it says only a month or a year."""
    said = str(text or "")
    if len(said) < len("2026-01-01"):
        return None
    moment = parse_datetime(said)
    if moment is not None and moment.tzinfo is not None:
        return localtime(moment).date()
    return parse_date(said[:10])


def fitting(
    model: type[models.Model], facts: dict[str, Any], bringing: Bringing, kind: str
) -> dict[str, Any]:
    """Those of the `facts` that the model can hold; the others are counted as left out."""
    kept = {}
    for name, value in facts.items():
        field: Any = model._meta.get_field(name)
        try:
            field.clean(value, None)
        except ValidationError:
            bringing.note(
                kind, _("%(field)s: what stands there cannot be held here.") % {"field": field.verbose_name}
            )
        else:
            kept[name] = value
    return kept
