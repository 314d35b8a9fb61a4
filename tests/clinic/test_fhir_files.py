"""A file that cannot be read is one clear sentence, whatever is in it."""

import gzip
import io
import json
import zipfile
from contextlib import suppress
from typing import Any

import pytest

from clinic.demo.scene import Chance
from clinic.fhir import files, services
from clinic.fhir.checking import problem_of
from clinic.fhir.files import Document, Unreadable, documents_of, entries_of, pack
from tests.clinic.fhir_bundles import a_patient, bundle, document, key, looked_at, of_patient, synthea


def sentence(data: Any) -> str:
    with pytest.raises(Unreadable) as refused:
        entries_of(document(data))
    return str(refused.value.message)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "not a text file"),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "XML"),
        (b'{"resourceType": "Bundle", "type": "collection", "entry": [', "stops being JSON at line 1"),
        (b'{"resourceType": "Patient", "x": NaN}', "broken"),
        (b"[" * 100_000, "nested too deeply"),
        ({"a": 1}, "no “resourceType”"),
        ([1, 2], "no “resourceType”"),
        ({"resourceType": "Bundle", "type": "history", "entry": []}, "carries no records"),
        ({"resourceType": "Bundle", "type": "collection"}, "no resource"),
        ({"resourceType": "Bundle", "type": "collection", "entry": [{"request": {}}, 7]}, "no resource"),
        (b'{"resourceType": "Patient", "id": "1"}\n{"resource', "Line 2"),
    ],
)
def test_a_broken_file_is_one_sentence(data: Any, said: str) -> None:
    assert said in sentence(data)


@pytest.mark.parametrize(
    ("resource", "version"),
    [
        ({"resourceType": "MedicationOrder"}, "DSTU2"),
        ({"resourceType": "Condition", "patient": {"reference": "Patient/1"}}, "DSTU2"),
        ({"resourceType": "Condition", "clinicalStatus": "active"}, "STU3"),
        ({"resourceType": "Immunization", "notGiven": False}, "STU3"),
        ({"resourceType": "ProcedureRequest"}, "STU3"),
        ({"resourceType": "Encounter", "class": [{"coding": []}]}, "R5"),
        ({"resourceType": "MedicationRequest", "medication": {"concept": {"text": "x"}}}, "R5"),
        ({"resourceType": "Immunization", "informationSource": {"concept": {"text": "x"}}}, "R5"),
        ({"resourceType": "DocumentReference", "context": [{"reference": "Encounter/1"}]}, "R5"),
        ({"resourceType": "CapabilityStatement", "fhirVersion": "3.0.2"}, "STU3"),
    ],
)
def test_another_version_is_told_by_its_shape(resource: dict[str, Any], version: str) -> None:
    assert f"FHIR {version}" in sentence(bundle(a_patient(), {**resource, "id": key(2)}))


def test_one_resource_of_another_shape_condemns_no_file() -> None:
    illnesses = [of_patient("Condition", number, code={"text": "Asthma"}) for number in (2, 3, 4)]
    illnesses[0]["clinicalStatus"] = "active"
    assert len(entries_of(document(bundle(a_patient(), *illnesses)))) == 4


def test_single_resources_and_lines_are_read_too() -> None:
    lines = "\n".join(json.dumps(a_patient(number)) for number in (1, 2, 3))
    assert len(entries_of(document(lines.encode()))) == 3
    assert len(entries_of(document(a_patient()))) == 1
    assert len(entries_of(Document("utf16.json", json.dumps(a_patient()).encode("utf-16")))) == 1


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def test_a_zip_is_unpacked_and_what_others_refer_to_comes_first() -> None:
    hospital = {"resourceType": "Organization", "id": key(5), "name": "North"}
    members = {"a__patient.json": json.dumps(a_patient()).encode(), "b.json": json.dumps(hospital).encode()}
    packed = pack([Document("all.zip", zipped(**members, **{"c.json": b"{", "d.png": b"x"}))])
    assert [each.name for each in documents_of(packed.content)] == ["b.json", "patient.json"]
    assert (packed.resources, packed.files, list(packed.problems)) == (2, 2, ["c.json", "1 other files"])
    with pytest.raises(Unreadable, match="no file in it"):
        pack([Document("empty.zip", zipped())])


def test_what_is_packed_by_gzip_is_unpacked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    content = gzip.compress(json.dumps(a_patient()).encode())
    alone = pack([Document("one.json.gz", content), Document("all.zip", zipped(**{"b.json.gz": content}))])
    assert (alone.resources, alone.problems) == (2, {})
    with pytest.raises(Unreadable, match="damaged"):
        pack([Document("torn.gz", content[:40])])
    monkeypatch.setattr(files, "LARGEST", 1000)
    with pytest.raises(Unreadable, match="too large"):
        pack([Document("bomb.gz", gzip.compress(b" " * 5000))])


def test_a_bundle_within_a_bundle_and_an_entry_without_a_record_are_not_passed_over() -> None:
    inner = {"resource": bundle(a_patient())}
    outer = {"resourceType": "Bundle", "type": "collection", "entry": [inner, {"request": {}}, 7]}
    found = [each.resource["resourceType"] for each in entries_of(document(outer))]
    assert found == ["Patient", files.EMPTY, files.EMPTY]


def test_a_bomb_and_a_locked_or_torn_zip_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 1000)
    with pytest.raises(Unreadable, match="too large"):
        pack([Document("bomb.zip", zipped(**{"a.json": b" " * 5000}))])
    torn = zipped(**{"a.json": b"{}"})[:40]
    with pytest.raises(Unreadable, match="damaged"):
        pack([Document("torn.zip", torn)])
    monkeypatch.setattr(files, "MOST_FILES", 1)
    with pytest.raises(Unreadable, match="At most 1"):
        pack([document(a_patient()), document(a_patient(2))])


def test_nothing_of_a_person_is_in_the_sentence() -> None:
    wrong = {**a_patient(), "birthDate": "Ngozi was born in May", "Ngozi Obi": 1}
    assert "Ngozi" not in str(problem_of(wrong))
    assert "FHIR R4 has no such resource" in str(problem_of({"resourceType": "Nonsense"}))


def mutated(content: bytes, chance: Chance) -> bytes:
    """The file cut short, with bytes changed, or with values that are others."""
    way = chance.randrange(3)
    if way == 0:
        return content[: chance.randrange(len(content))]
    if way == 1:
        changed = bytearray(content)
        for _each in range(chance.randrange(1, 20)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return bytes(changed)
    return json.dumps(_other(json.loads(content), chance)).encode()


STRANGE = (
    None,
    "",
    [],
    {},
    0,
    -1,
    1e308,
    "\u0000",
    "\ud800",
    "9" * 5000,
    {"a": [{}]},
    True,
    [[1]],
    "0000-00-00",
)


def _other(value: Any, chance: Chance) -> Any:
    if chance.random() < 0.002:
        return chance.choice(STRANGE)
    if isinstance(value, dict):
        return {name: _other(each, chance) for name, each in value.items()}
    return [_other(each, chance) for each in value] if isinstance(value, list) else value


@pytest.mark.django_db
@pytest.mark.parametrize("depth", [150, 300, 480])
def test_what_is_nested_deeply_is_read_or_told(depth: int) -> None:
    sections = '{"title": "T", "section": [' * depth + '{"title": "T"}' + "]}" * depth
    letter = of_patient("Composition", 2, status="final", type={"text": "x"}, date="2020", title="T")
    letter["author"] = [{"display": "X"}]
    text = json.dumps(bundle(a_patient(), {**letter, "section": ["deep"]})).replace('"deep"', sections)
    with suppress(Unreadable):
        run = looked_at(text.encode())
        assert services.foreseen(run)["types"]["Composition"] == {"left_out": 1}


@pytest.mark.django_db
def test_whatever_is_wrong_with_a_file_it_is_told_and_never_a_traceback(is_long: bool) -> None:
    chance = Chance(8)
    sample = min((each.content for each in synthea()[2:]), key=len)
    small = json.loads(sample)
    small["entry"] = small["entry"][:25]
    refused: list[str] = []
    for _round in range(300 if is_long else 25):
        changed = mutated(json.dumps(small).encode(), chance)
        try:
            run = looked_at(changed)
        except Unreadable as problem:
            refused.append(str(problem.message))
        else:
            assert run.status == "previewed"
    assert refused
    assert all(10 < len(said) < 200 for said in refused)
