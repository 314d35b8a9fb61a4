"""Whether a resource is what FHIR R4 says it is."""

import re
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clinic.fhir.table import Resource

WRONG = gettext_noop("It is not valid FHIR R4: “{place}” is wrong or missing.")


@cache
def _shape_of(kind: str) -> Any:
    # Loaded when the first file is read: a third of a second that no other page pays.
    from fhir.resources.R4B import get_fhir_model_class

    try:
        return get_fhir_model_class(kind)
    except LookupError:
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
    return ""


def _place(error: Any) -> str:
    """Where the first mistake is, as FHIR writes a path; nothing that could be content."""
    parts = [str(part) for part in error.errors()[0]["loc"] if not isinstance(part, int)]
    known = [part for part in parts if re.fullmatch(r"[A-Za-z]{1,40}", part)]
    return ".".join(known[:4]) or "resourceType"
