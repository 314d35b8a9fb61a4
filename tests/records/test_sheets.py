"""The prescription on paper."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse

from clinic.pdf import render_pdf
from records.models import Prescription
from records.views.paper import sheet_data
from tests.records.factories import ARNICA, drafted, handed_out

pytestmark = pytest.mark.django_db
TEMPLATE = settings.BASE_DIR / "templates" / "records" / "prescription.typ"
ARABIC = {"language": "ar", "region": "", "page_of": "", "paper": "a5"}
HOSTILE = {"medicine": '#panic("no") *x* $1$ <b>', "notes": '\\ ] } #read("/clinic/settings.py")'}


def stored(prescription: Prescription) -> Prescription:
    return Prescription.objects.with_content().get(pk=prescription.pk)


def test_the_sheet_says_who_prescribes_what_to_whom(acme: Any) -> None:
    prescription = stored(handed_out())
    data = sheet_data(prescription, acme)
    said = json.dumps(data, cls=DjangoJSONEncoder)
    for fact in (
        acme.name,
        prescription.patient.name,
        prescription.patient.number,
        prescription.doctor.name,
        prescription.doctor.licence_number,
        *ARNICA.values(),
    ):
        assert fact in said
    for paper in ("a5", "a4"):
        assert render_pdf("records/prescription.typ", {"paper": paper, **data}).startswith(b"%PDF-")


def test_what_was_typed_is_text_and_never_typst(acme: Any) -> None:
    data = sheet_data(stored(drafted(None, HOSTILE)), acme)
    assert render_pdf("records/prescription.typ", {"paper": "a5", **data}).startswith(b"%PDF-")


def test_every_script_has_its_letters(acme: Any) -> None:
    items = [{"medicine": text} for text in ("Ẹ̀ṣọ́ 500 mg", "पैरासिटामोल", "باراسيتامول", "אקמול מ״ג לֹא")]
    data = sheet_data(stored(drafted(None, *items)), acme)
    _pdf, warnings = typst.compile_with_warnings(
        TEMPLATE,
        root=settings.BASE_DIR,
        font_paths=typst.Fonts(False, False, [settings.BASE_DIR / "clinic" / "pdf" / "fonts"]),
        sys_inputs={"data": json.dumps({**ARABIC, **data}, cls=DjangoJSONEncoder)},
    )
    assert not warnings


def test_a_draft_and_a_stopped_one_say_so(acme: Any) -> None:
    assert sheet_data(stored(drafted()), acme)["mark"] == "Draft"
    assert sheet_data(stored(handed_out()), acme)["mark"] == ""


def test_the_page_answers_with_a_pdf(client_for: Callable[..., Any]) -> None:
    prescription = handed_out()
    answer = client_for(prescription.patient.member).get(
        reverse("records:prescription_pdf", args=[prescription.pk])
    )
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"%PDF-")


PAPERS = [("", b"419.5"), ("?paper=a4", b"595.2"), ("?paper=x", b"419.5")]


@pytest.mark.parametrize(("asked", "points"), PAPERS)
def test_the_paper_is_a5_unless_a4_is_chosen(
    asked: str, points: bytes, client_for: Callable[..., Any]
) -> None:
    prescription = handed_out()
    address = reverse("records:prescription_pdf", args=[prescription.pk])
    content = client_for(prescription.doctor.member).get(address + asked).content
    assert b"/MediaBox[0 0 " + points in content


def test_both_papers_are_offered(client_for: Callable[..., Any]) -> None:
    prescription = handed_out()
    address = reverse("records:prescription_pdf", args=[prescription.pk])
    sheet = reverse("records:prescription", args=[prescription.pk])
    shown = client_for(prescription.doctor.member).get(sheet).content.decode()
    assert f'href="{address}"' in shown
    assert f'href="{address}?paper=a4"' in shown
