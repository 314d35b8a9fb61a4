"""The check itself: what it finds, what it does not, and that nothing passes in silence."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.medicines.checking import Finding, FindingKind, Level
from records.medicines.lists import Kind, Lists, Severity
from records.terminology.medicine_files import INTERACTIONS
from tests.records.medicines.known import found, key_of, lines_of, members, starter, synonym

PAIRS = [
    (key_of(line["first"]), key_of(line["second"]), line["severity"])
    for line in lines_of(INTERACTIONS)
    if line["kind"] == "interaction"
]


def kinds(findings: list[Finding]) -> set[str]:
    return {finding.kind for finding in findings}


def interactions(*sheet: str, **context: tuple[str, ...]) -> list[Finding]:
    return [finding for finding in found(*sheet, **context) if finding.kind == FindingKind.INTERACTION]


def two_of(first: str, second: str) -> tuple[str, str]:
    """A member of each, not the same one twice."""
    one = members(first)[0]
    return one, next(name for name in members(second) if name != one)


@pytest.mark.parametrize(("first", "second", "severity"), PAIRS, ids=lambda value: value)
def test_each_pair_of_the_list_warns_in_both_orders_and_by_synonyms(
    first: str, second: str, severity: str
) -> None:
    one, two = two_of(first, second)
    (warning,) = interactions(one, two)
    assert min(warning.facts).rank <= Severity(severity).rank
    assert [finding.key for finding in interactions(two, one)] == [warning.key]
    assert [finding.key for finding in interactions(synonym(two), synonym(one))] == [warning.key]
    (late,) = interactions(one, current=(two,))
    assert (late.key, late.facts) == (warning.key, warning.facts)


def test_what_is_never_combined_stops_and_what_is_minor_is_a_note() -> None:
    assert [finding.level for finding in interactions("Sildenafil", "GTN")] == [Level.STOP]
    assert [finding.level for finding in interactions("Warfarin", "Ibuprofen")] == [Level.WARN]
    assert [finding.level for finding in interactions("Iron", "Magnesium hydroxide")] == [Level.NOTE]


@pytest.mark.parametrize("allergy", ["Penicillin", "penicillins", "Pen V", "Augmentin", "PÉNICILLIN"])
@pytest.mark.parametrize("medicine", ["Amoxicillin", "co-amoxiclav", "Amoxicillin 500 mg", "Augmentin 625"])
def test_an_allergy_to_penicillin_stops_amoxicillin(allergy: str, medicine: str) -> None:
    findings = found(medicine, allergies=(allergy,))
    assert next(finding for finding in findings if finding.kind == FindingKind.ALLERGY).level == Level.STOP


def test_an_allergy_to_penicillin_warns_of_cephalosporins_and_lets_macrolides_pass() -> None:
    assert [finding.level for finding in found("Cefuroxime", allergies=("Penicillin",))] == [Level.WARN]
    assert found("Azithromycin", allergies=("Penicillin",)) == []


@pytest.mark.parametrize(
    ("allergy", "medicine", "level"),
    [
        ("Ibuprofen", "Diclofenac gel", Level.STOP),
        ("Aspirin", "Naproxen", Level.STOP),
        ("Sulfonamides", "Co-trimoxazole", Level.STOP),
        ("sulfur", "Bactrim", Level.WARN),
        ("Codeine", "Morphine", Level.WARN),
        ("Codeine", "Co-codamol", Level.STOP),
        ("Peanuts", "Arachis oil", Level.STOP),
        ("Local anaesthetics", "Lidocaine", Level.STOP),
    ],
)
def test_an_allergy_speaks_of_its_group(allergy: str, medicine: str, level: Level) -> None:
    findings = found(medicine, allergies=(allergy,))
    assert [finding.level for finding in findings if finding.kind == FindingKind.ALLERGY] == [level]


@pytest.mark.parametrize("allergy", ["Peanuts", "Latex", "House dust", "Shellfish", "None known"])
def test_an_allergy_to_no_medicine_is_understood(allergy: str) -> None:
    assert found("Ibuprofen", allergies=(allergy,)) == []


def test_a_remedy_raises_nothing_and_is_known() -> None:
    taken = ("Warfarin", "Digoxin", "Methotrexate")
    assert found("Belladonna|C30", "Arnica D6", "Nux vomica 200CH", current=taken) == []
    assert found("Arnica montana|30 C", "Arnica|LM 6", allergies=("Penicillin",)) == []


def test_every_remedy_with_a_potency_raises_nothing() -> None:
    remedies = [one.name for one in starter().known.values() if one.kind == Kind.REMEDY]
    assert len(remedies) >= 60
    assert found(*(f"{name}|C30" for name in remedies), current=("Warfarin",)) == []


def test_a_remedy_without_a_potency_may_be_a_plant() -> None:
    assert kinds(found("Belladonna")) == {FindingKind.NO_POTENCY}
    assert found("Hypericum")[0].level == Level.UNCHECKED


def test_an_allergy_to_the_remedy_itself_warns() -> None:
    assert [finding.level for finding in found("Arnica D6", allergies=("Arnica",))] == [Level.WARN]


@pytest.mark.parametrize(
    "medicine",
    ["Xyzolin", "Xyzolin 500 mg", "500 mg tablets", "Peanuts", "अश्वगंधा", "باراسيتامول", "Pen"],
)
def test_an_unknown_medicine_is_not_checked(medicine: str) -> None:
    (finding,) = found(medicine)
    assert (finding.level, finding.kind) == (Level.UNCHECKED, FindingKind.UNKNOWN)


@pytest.mark.parametrize(
    ("medicine", "left"),
    [
        ("Ibuprofen + Xyzolin", "xyzolin"),
        ("Arnica D6 with xyzolin", "xyzolin"),
        ("Ibuprofen|400 mg xyzolin", "xyzolin"),
        ("Amoxi-Clavulanate", "amoxi"),
        ("Calcium and vitamin K", "vitamin"),
    ],
)
def test_a_word_that_nobody_knows_is_said(medicine: str, left: str) -> None:
    unread = [finding for finding in found(medicine) if finding.kind == FindingKind.PARTLY]
    assert left in unread[0].about


def test_the_name_of_a_group_is_no_medicine() -> None:
    assert FindingKind.GROUP in kinds(found("Penicillin"))
    assert FindingKind.ALLERGY in kinds(found("Penicillin", allergies=("Amoxicillin",)))


def test_an_unknown_allergy_is_not_checked() -> None:
    (finding,) = found("Ibuprofen", allergies=("Blue pills",))
    assert (finding.level, finding.kind) == (Level.UNCHECKED, FindingKind.UNKNOWN_ALLERGY)
    assert kinds(found("Amoxicillin", allergies=("Penicillin and xyzolin",))) == {
        FindingKind.ALLERGY,
        FindingKind.UNKNOWN_ALLERGY,
    }


def test_what_the_patient_takes_and_nobody_knows_is_said() -> None:
    assert kinds(found("Ibuprofen", current=("Xyzolin",))) == {FindingKind.UNKNOWN_CURRENT}
    assert found("Arnica|D6", current=("Xyzolin",)) == []


@pytest.mark.parametrize("lists", [Lists(has_substances=False), Lists(has_interactions=False)])
def test_empty_lists_are_said_loudly(lists: Lists) -> None:
    first = found("Arnica|D6", lists=lists)[0]
    assert (first.level, first.kind) == (Level.STOP, FindingKind.NOTHING)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Diclofenac sodium", "Warfarin sodium"),
        ("DICLOFENAC 50 mg", "coumadin 5mg tablets"),
        ("Voltarén®", "Márcoumar"),
        ("IBUPROFEN 400MG", "warfarin"),
        ("Amoxicillin + Ibuprofen", "Warfarin"),
        ("Ibuprofen/Paracetamol", "Warfarin"),
        ("Paracetamol 500 mg, ibuprofen 200 mg", "Xarelto 20 mg film-coated"),
        ("Vimovo", "Eliquis"),
        ("ibuprofen\u00a0gel 5 %", "Warfarin"),
        ("Ibu\u00adprofen", "Warfarin"),
    ],
)
def test_a_name_is_known_however_it_is_written(one: str, other: str) -> None:
    assert FindingKind.INTERACTION in kinds(found(one, other))
    assert not {FindingKind.UNKNOWN, FindingKind.PARTLY} & kinds(found(one, other))


def test_a_mineral_is_a_salt_behind_a_name_and_a_medicine_by_itself() -> None:
    assert found("Losartan potassium 50 mg") == []
    assert kinds(found("Losartan + potassium")) == {FindingKind.INTERACTION}
    assert kinds(found("Losartan 50 mg potassium")) == {FindingKind.INTERACTION}
    assert found("Atorvastatin calcium", "Calcium carbonate") == []


def test_the_same_treatment_twice() -> None:
    assert [finding.level for finding in found("Panadol", "Paracetamol 500 mg")] == [Level.WARN]
    assert kinds(found("Paracetamol", current=("Doliprane",))) == {FindingKind.DUPLICATE}
    assert kinds(found("Ramipril", "Lisinopril")) == {FindingKind.DUPLICATE}
    assert found("Co-amoxiclav") == []
    assert kinds(found("Co-amoxiclav", "Amoxicillin")) == {FindingKind.DUPLICATE}


NAMES = sorted(starter().names) + sorted(starter().known) + ["Xyzolin", "Arnica D6", "Ibuprofen + Foo"]


@given(
    st.lists(st.sampled_from(NAMES), max_size=6),
    st.lists(st.sampled_from(NAMES), max_size=3),
    st.lists(st.sampled_from(NAMES), max_size=3),
    st.randoms(use_true_random=False),
)
def test_the_order_changes_nothing(
    sheet: list[str], current: list[str], allergies: list[str], chance: random.Random
) -> None:
    before = found(*sheet, current=tuple(current), allergies=tuple(allergies))
    for rows in (sheet, current, allergies):
        chance.shuffle(rows)
    assert found(*sheet, current=tuple(current), allergies=tuple(allergies)) == before


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5), st.text(max_size=30))
def test_whatever_is_typed_every_row_is_known_or_named(sheet: list[str], noise: str) -> None:
    for row in (*sheet, noise):
        findings = found(row)
        named = {finding.kind for finding in findings} & {FindingKind.UNKNOWN, FindingKind.PARTLY}
        assert named or starter().means(key_of(row)) or _all_read(row)


def _all_read(row: str) -> bool:
    """Some known name is part of the row, and nothing else was left over."""
    from records.medicines.reading import read

    reading = read(row, starter())
    return bool(reading.mentions) and not reading.unknown
