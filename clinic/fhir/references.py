"""What a resource is called where it comes from, and what a reference points to."""

import re
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from clinic.fhir.table import Resource

# The source of what is named by a UUID: such a name is nobody else's (RFC 9562).
UUIDS = "urn:uuid"
LONGEST = 255
# FHIR R4, references.html#literal: "[base]/[type]/[id]", perhaps with a version.
_LITERAL = re.compile(
    r"^(?:(?P<base>https?://.+?)/)?(?P<kind>[A-Z][A-Za-z]+)/(?P<key>[A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?$"
)
# "Practitioner?identifier=system|value": found by what it is known by, when the bundle is read.
_CONDITIONAL = re.compile(r"^(?P<kind>[A-Z][A-Za-z]+)\?identifier=(?P<source>[^|&]*)\|(?P<key>[^|&]+)$")


class Identity(NamedTuple):
    """The system a name belongs to, the resource's type ("" where the reference does not say), the name."""

    source: str
    kind: str
    key: str

    def with_kind(self, kinds: Mapping[tuple[str, str], str]) -> "Identity":
        """The same with its type by source and name in `kinds`, where the reference does not say it."""
        return self if self.kind else Identity(self.source, kinds.get((self.source, self.key), ""), self.key)


def identity_of(full_url: str, resource: Resource, system: str) -> Identity | None:
    """What the resource is called; None for a bare number while nobody has said whose (`system`)."""
    kind = resource["resourceType"]
    name = target_of(full_url, kind=kind) if full_url else None
    if name is None and (key := resource.get("id")):
        name = _named(system, kind, str(key))
    return name if name and name.source else None


def target_of(text: str, *, kind: str = "", base: str = "") -> Identity | None:
    """What a literal or conditional reference points to. `base`: the system of who refers."""
    if text.startswith("urn:"):
        source, _colon, key = text.rpartition(":")
        return _named(source, kind, key)
    if found := _CONDITIONAL.match(text):
        return _named(found["source"], found["kind"], found["key"])
    if found := _LITERAL.match(text):
        return _named(found["base"] or base, found["kind"], found["key"])
    return None


def base_of(full_url: str) -> str:
    """The server a resource is of, whose its relative references are (FHIR R4, bundle.html#references)."""
    found = _LITERAL.match(full_url)
    return (found["base"] or "") if found else ""


def identifiers_of(resource: Resource) -> list[Identity]:
    """Under which numbers others know it (Patient.identifier, …), where the numbers' system is told."""
    found = resource.get("identifier")
    each_one = found if isinstance(found, list) else [found]
    names = (_named_by(resource["resourceType"], each) for each in each_one if isinstance(each, dict))
    return list(dict.fromkeys(name for name in names if name))


def _named_by(kind: str, identifier: dict[str, Any]) -> Identity | None:
    source, key = str(identifier.get("system") or ""), str(identifier.get("value") or "").strip()
    return Identity(source, kind, key) if source and _fits(source, key) else None


def logical_target_of(reference: dict[str, Any]) -> Identity | None:
    """What a reference by identifier points to."""
    identifier = reference.get("identifier")
    return _named_by(str(reference.get("type") or ""), identifier) if isinstance(identifier, dict) else None


def _named(source: str, kind: str, key: str) -> Identity | None:
    """A UUID is the same name in whichever system."""
    with suppress(ValueError):
        key, source = str(uuid.UUID(key)), UUIDS
    return Identity(source, kind, key) if _fits(source, key) else None


def _fits(source: str, key: str) -> bool:
    """Whether the name can be stored: not empty, not endless, of letters that can be written."""
    return bool(key) and max(len(source), len(key)) <= LONGEST and f"{source}{key}".isprintable()
