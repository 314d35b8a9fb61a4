"""The readable record: what the rooms say of one patient, section by section, on the clinic's paper."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.db.current import connection
from clinic.exports.table import Block, Given, sections
from clinic.pdf import letterhead, render_pdf
from clinic.templatetags.clinic import day

TEMPLATE = "exports/record.typ"


def record_sheet(given: Given) -> bytes:
    """The PDF, in the language of the pages."""
    return render_pdf(TEMPLATE, sheet_data(given))


def sheet_data(given: Given) -> dict[str, Any]:
    """What it says."""
    patient = given.patient
    filled = [(str(one.title), [_block(block) for block in one.fill(given)]) for one in sections()]
    return {
        "title": _("Everything on record"),
        "clinic": letterhead(connection.tenant),
        "footer": " · ".join(f"\u2068{part}\u2069" for part in (patient.member.name, patient.number)),
        "facts": [
            (_("Patient"), patient.member.name),
            (_("Patient number"), patient.number),
            (_("As it was on"), day(timezone.localdate())),
        ],
        "nothing": _("Nothing on record."),
        "sections": [{"title": title, "blocks": blocks} for title, blocks in filled],
    }


def _block(block: Block) -> dict[str, Any]:
    return {
        "title": _said(block.title),
        "facts": [(_said(label), _said(value)) for label, value in block.facts],
        "head": [_said(cell) for cell in block.head],
        "rows": [[_said(cell) for cell in row] for row in block.rows],
        "text": _said(block.text),
    }


def _said(value: Any) -> str:
    return "" if value is None else str(value)
