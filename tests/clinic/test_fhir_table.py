"""Which resource becomes what: one table, and what is given out is FHIR's JSON."""

import datetime
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy as _

from clinic.fhir import table
from clinic.fhir.codes import code_in, concept, words
from clinic.fhir.references import UUIDS, Identity, identifiers_of, identity_of, target_of
from clinic.fhir.table import readers_of, reads, types_read
from clinic.fhir.writing import tidy

KEY = "27de96c6-6910-4f0f-8f10-00ce6090f447"


def test_a_type_is_read_after_those_it_refers_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_readers", {})
    for kind, after in {"B": ("A", "Z"), "C": ("B",), "A": ()}.items():
        reads(kind, after=after)(lambda resource, bringing: None)
    assert types_read() == ["A", "B", "C"]


def test_the_lower_room_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_readers", {})
    first = reads("A")(lambda resource, bringing: None)
    second = reads("A")(lambda resource, bringing: None)
    assert [reader.read for reader in readers_of("A")] == [first, second]


def test_a_uuid_is_the_same_name_however_it_is_written() -> None:
    patient = {"resourceType": "Patient", "id": KEY}
    name = Identity(UUIDS, "Patient", KEY)
    assert identity_of(f"urn:uuid:{KEY.upper()}", patient, "") == name
    assert identity_of("", patient, "") == name
    assert target_of(f"Patient/{KEY}", base="http://one.example") == name
    assert target_of(f"https://one.example/fhir/Patient/{KEY}/_history/2") == name


def test_a_bare_number_is_a_name_only_within_its_system() -> None:
    patient = {"resourceType": "Patient", "id": "7"}
    assert identity_of("", patient, "") is None
    assert identity_of("", patient, "north") == Identity("north", "Patient", "7")
    assert identity_of("https://one.example/fhir/Patient/7", patient, "north") == target_of(
        "Patient/7", base="https://one.example/fhir"
    )


def test_a_conditional_reference_names_an_identifier() -> None:
    doctor = {
        "resourceType": "Practitioner",
        "identifier": [{"system": "npi", "value": "300"}, {"value": "1"}],
    }
    assert identifiers_of(doctor) == [target_of("Practitioner?identifier=npi|300")]
    assert target_of("#contained") is None
    assert target_of("Practitioner?name=Ade") is None


def test_nothing_empty_is_written_and_numbers_are_numbers() -> None:
    day = datetime.date(2026, 1, 2)
    rough = {
        "a": "",
        "b": [None, {}],
        "c": {"d": Decimal("2.50"), "e": Decimal("3.000")},
        "f": day,
        "g": _("Pain"),
    }
    assert tidy({**rough, "h": False, "i": 0}) == {
        "c": {"d": 2.5, "e": 3},
        "f": "2026-01-02",
        "g": "Pain",
        "h": False,
        "i": 0,
    }


def test_a_concept_is_read_by_its_text_or_what_its_code_means() -> None:
    assert words(concept("s", "c", "shown", "text")) == "text"
    assert words({"coding": [{"system": "s", "code": "c"}]}) == "c"
    assert words(None) == ""
    assert code_in(concept("s", "c"), "s") == "c"
