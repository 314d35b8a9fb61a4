"""FHIR Practitioner: whoever is no doctor of ours (accounts/members/fhir asks first)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Known, LeftOut, Resource, reads, writes
from clinic.fhir.writing import Writing
from records.history.fhir.facts import fit, said
from records.history.fhir.organization import where, written
from records.history.models import OutsidePractitioner

MAPPED = ("identifier", "active", "name", "telecom", "address", "qualification")


@reads("Practitioner", maps=MAPPED)
def read_practitioner(resource: Resource, bringing: Bringing) -> Answer:
    """The practitioner, unless one of the numbers is known here."""
    known = bringing.by_identifiers(resource, OutsidePractitioner)
    if known is not None:
        return Known(known)
    named = _name(resource)
    if not (named["given_name"] or named["family_name"]):
        raise LeftOut(_("It has no name."))
    numbered: Any = next(iter(resource.get("identifier") or []), {})
    return OutsidePractitioner.objects.create(
        **named,
        **where(resource),
        specialisation=said([each.get("code") for each in resource.get("qualification") or []], 200),
        number=fit(numbered.get("value"), 100),
        number_system=fit(numbered.get("system"), 200),
        run=bringing.journal.run,
    )


def _name(resource: Resource) -> dict[str, str]:
    names = resource.get("name") or [{}]
    name = next((each for each in names if each.get("use") == "official"), names[0])
    given, family = " ".join(name.get("given") or ()), str(name.get("family") or "")
    if not (given or family):
        family = str(name.get("text") or "")
    return {
        "title": fit(" ".join(name.get("prefix") or ()), 50),
        "given_name": fit(given, 100),
        "family_name": fit(family, 100),
    }


@writes(OutsidePractitioner, "Practitioner", patient=None)
def write_practitioner(found: OutsidePractitioner, writing: Writing) -> Resource:
    """Name, number and address."""
    name = {"family": found.family_name, "given": [found.given_name], "prefix": [found.title]}
    return {
        "identifier": [{"system": found.number_system, "value": found.number}] if found.number else [],
        "active": True,
        "name": [name],
        "qualification": [{"code": {"text": found.specialisation}}] if found.specialisation else [],
        **written(found),
    }
