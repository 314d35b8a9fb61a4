"""FHIR Organization: hospitals, practices and laboratories elsewhere."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Known, LeftOut, Resource, reads, writes
from clinic.fhir.writing import Writing
from records.history.fhir.facts import fit
from records.history.models import OutsideOrganization

MAPPED = ("identifier", "active", "name", "telecom", "address")


@reads("Organization", maps=MAPPED)
def read_organization(resource: Resource, bringing: Bringing) -> Answer:
    """The organization, unless one of its numbers is known here."""
    known = bringing.by_identifiers(resource, OutsideOrganization)
    if known is not None:
        return Known(known)
    name = fit(resource.get("name") or next(iter(resource.get("alias") or []), ""), 200)
    if not name:
        raise LeftOut(_("It has no name."))
    facts = where(resource)
    return OutsideOrganization.objects.create(name=name, run=bringing.journal.run, **facts)


@writes(OutsideOrganization, "Organization", patient=None)
def write_organization(found: OutsideOrganization, writing: Writing) -> Resource:
    """Name and address."""
    return {"active": True, "name": found.name, **written(found)}


def where(resource: Resource) -> dict[str, str]:
    """Phone, e-mail and address, the first of each."""
    address: Any = next(iter(resource.get("address") or []), {})
    country = str(address.get("country") or "")
    code = countries.alpha2(country) or countries.by_name(country)
    return {
        "phone": fit(_reached(resource, ("phone",)), 60),
        "email": _email(_reached(resource, ("email",))),
        "street": fit(", ".join(address.get("line") or ()), 300),
        "city": fit(address.get("city"), 100),
        "region": fit(address.get("state"), 100),
        "postal_code": fit(address.get("postalCode"), 20),
        "country": code or "",
    }


def _reached(resource: Resource, systems: Iterable[str]) -> str:
    found: Any = next((each for each in resource.get("telecom") or [] if each.get("system") in systems), {})
    return str(found.get("value") or "")


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        return ""
    return text


def written(found: Any) -> Resource:
    """Phone, e-mail and address as FHIR has them."""
    reached = (("phone", found.phone), ("email", found.email))
    address = {
        "line": [found.street] if found.street else [],
        "city": found.city,
        "state": found.region,
        "postalCode": found.postal_code,
        "country": found.country.code,
    }
    return {
        "telecom": [{"system": system, "value": value} for system, value in reached if value],
        "address": [address] if any(address.values()) else [],
    }
