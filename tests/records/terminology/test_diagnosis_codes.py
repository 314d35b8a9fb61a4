"""ICD-10 is there, is found as people type it, and no clinic writes in it."""

import pytest
from django.db import DatabaseError, transaction

from records.terminology.models import DiagnosisCode
from tests.databases import rows

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    return [code.code for code in DiagnosisCode.objects.search(text)]


def test_the_whole_classification_is_loaded() -> None:
    assert DiagnosisCode.objects.count() == 12_246
    assert DiagnosisCode.objects.get(code="E11.9").title == "Type 2 diabetes mellitus without complications"
    assert DiagnosisCode.objects.get(code="U07.1").title == "COVID-19, virus identified"


@pytest.mark.parametrize("typed", ["e11.9", "E119", "E11.9"])
def test_a_code_is_found_however_it_is_written(typed: str) -> None:
    assert found(typed) == ["E11.9"]


def test_a_codes_beginning_finds_all_below_it_in_their_order() -> None:
    assert found("e11")[:2] == ["E11", "E11.0"]
    assert len(found("e11")) == 11


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("asthma", "J45"),
        ("hyperten ess", "I10"),
        ("back low pain", "M54.5"),
        ("sjogren", "M35.0"),
        ("MÉNIÈRE", "H81.0"),
        ("crohn's", "K50"),
        ("covid", "U07.1"),
        ("e11 complications without", "E11.9"),
        ("asthma -", "J45"),
    ],
)
def test_words_are_found_by_their_beginnings_in_any_order_and_spelling(typed: str, first: str) -> None:
    assert found(typed)[0].startswith(first)


@pytest.mark.parametrize("typed", ["", "   ", "' | !:*", "\0", "\\", "quidditch", "-", "x" * 5000])
def test_nothing_meant_is_nothing_found(typed: str) -> None:
    assert found(typed) == []


def test_american_spelling_finds_british_titles() -> None:
    assert set(found("anaemia iron")) == set(found("anemia iron")) != set()
    assert set(found("esophagitis")) == set(found("oesophagitis")) != set()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO terminology_diagnosiscode (code, title) VALUES ('Z99.99', 'Mine')",
        "UPDATE terminology_diagnosiscode SET title = 'Mine'",
        "DELETE FROM terminology_diagnosiscode",
    ],
)
def test_no_clinic_writes_in_the_list(statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows(statement)
