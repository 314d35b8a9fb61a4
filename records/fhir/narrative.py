"""Plain text as FHIR's Narrative has it, and the sections of a Composition."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils.html import escape

from clinic.fhir.codes import LOINC
from clinic.fhir.table import Resource

XHTML = "http://www.w3.org/1999/xhtml"
PROGRESS = {"coding": [{"system": LOINC, "code": "11506-3", "display": "Progress note"}]}


def narrative(text: str) -> Resource:
    """A plain text as a Narrative (hl7.org/fhir/R4/narrative.html): a new line for each of its own."""
    lines = "<br/>".join(escape(line) for line in text.splitlines())
    return {"status": "additional", "div": f'<div xmlns="{XHTML}">{lines}</div>'}


def sections(rows: Iterable[tuple[Any, str]]) -> list[Resource]:
    """Title and text of each section that says something."""
    return [{"title": title, "text": narrative(text)} for title, text in rows if text.strip()]


def named_after(key: uuid.UUID, part: str) -> str:
    """The key of a resource that is part of a record: always the same, and nobody else's (RFC 9562, v5)."""
    return str(uuid.uuid5(key, part))
