"""Sheets for paper: typst templates filled with data.

A template lies beside the HTML of its domain (`templates/records/prescription.typ`) and begins with
`#import "/clinic/pdf/letterhead.typ": *`: `data`, `sheet`, `facts`, `rows`, `signature`, `code` and `own`.
The data travels as JSON, never as typst source: what a person typed is text, whatever it looks like.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.colours import ink_for_paper

# For a clinic without a colour of its own.
INK = "#1f2933"
FONTS = settings.BASE_DIR / "clinic" / "pdf" / "fonts"


def render_pdf(template_name: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of `templates/<template_name>` for `data`, in the language in use.

    Tagged, but no PDF/A or PDF/UA claim: those make a glyph that no font has an error, and a sheet with one
    missing glyph is better than no sheet.
    """
    language, _hyphen, region = (get_language() or settings.LANGUAGE_CODE).partition("-")
    given = {"language": language, "region": region, "page_of": _("Page {page} of {pages}"), **data}
    return typst.compile(
        settings.BASE_DIR / "templates" / template_name,
        root=settings.BASE_DIR,
        font_paths=fonts(),
        sys_inputs={"data": json.dumps(given, cls=DjangoJSONEncoder)},
    )


def letterhead(organization: Any, *, has_bank: bool = False) -> dict[str, Any]:
    """What a sheet says of the clinic: the value of `data["clinic"]`. `has_bank`: something is to be paid."""
    bank = " · ".join(organization.bank_details.splitlines()) if has_bank else ""
    return {
        "name": organization.name,
        "words": organization.opening_words,
        "address": organization.address,
        "contact": " · ".join(str(part) for part in (organization.phone, organization.email) if part),
        "colour": organization.brand_colour or INK,
        "ink": ink_for_paper(organization.brand_colour or INK),
        "logo": list(organization.logo_content()),
        "foot": organization.footer_words,
        "small": [part for part in (organization.registration, bank) if part],
    }


@cache
def fonts() -> typst.Fonts:
    """Our fonts, and after them the machine's, for the scripts that ours lack."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[FONTS])


def pdf_response(content: bytes, filename: str) -> HttpResponse:
    """The PDF as the answer to a request: shown by the browser, kept by no cache."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    return response
