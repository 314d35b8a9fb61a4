"""Whether a resource is what FHIR R4 says it is."""

import re
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clinic.fhir.table import Resource, readers_of

WRONG = gettext_noop("It is not valid FHIR R4: “{place}” is wrong or missing.")


@cache
def _shape_of(kind: str) -> Any:
    # Loaded when the first file is read: a third of a second that no other page pays.
    from fhir.resources.R4B import get_fhir_model_class

    try:
        return get_fhir_model_class(kind)
    except ValueError:
        return None


def problem_of(resource: Resource) -> Any:
    """Why the resource is refused; empty when it is valid. Nothing of its content is in the sentence."""
    from pydantic import ValidationError

    shape = _shape_of(resource["resourceType"])
    if shape is None:
        return _("FHIR R4 has no such resource.")
    try:
        shape.model_validate(resource)
    except ValidationError as error:
        return _(WRONG).format(place=_place(error))
    except (ValueError, TypeError, AssertionError, RecursionError):
        return _("It is not valid FHIR R4.")
    # What the library leaves to others: the codes that FHIR requires (a state, a gender).
    unknown = next((name for name, known in _codes_of(shape) if _is_other(resource.get(name), known)), "")
    return _(WRONG).format(place=unknown) if unknown else ""


@cache
def _codes_of(shape: Any) -> tuple[tuple[str, frozenset[str]], ...]:
    """The elements that hold one code of a set that FHIR R4 closes, each with the set."""
    fields = (
        (field.alias or name, field.json_schema_extra or {}) for name, field in shape.model_fields.items()
    )
    return tuple(
        (name, frozenset(extra["enum_values"])) for name, extra in fields if extra.get("enum_values")
    )


def _is_other(value: Any, known: frozenset[str]) -> bool:
    return isinstance(value, str) and value not in known


def _place(error: Any) -> str:
    """Where the first mistake is, as FHIR writes a path; nothing that could be content."""
    parts = [str(part) for part in error.errors()[0]["loc"] if not isinstance(part, int)]
    known = [part for part in parts if re.fullmatch(r"[A-Za-z]{1,40}", part)]
    return ".".join(known[:4]) or "resourceType"


def unnamed(resource: Resource) -> Any:
    """Why a resource that nobody could find again is left out, and what to do about it."""
    if not readers_of(resource["resourceType"]):
        return _("Nothing here holds this.")
    if resource.get("id"):
        return _(
            "It is numbered without an address. Choose the file again, and type the name of the other system."
        )
    return _("It has no identifier by which it would be found again.")
