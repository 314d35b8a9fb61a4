"""Loading lists: the file is the list, whole or not at all, and each wrong line is named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django_tenants.utils import schema_context

from accounts.members.roles import Role
from clinic.models import Refusal
from records.medicines import services
from records.medicines.lists import Kind, Lists
from records.medicines.models import ClinicInteraction, ClinicMedicineName, ClinicSubstance
from records.terminology.medicine_files import INTERACTIONS, NAMES, SUBSTANCES, Shape, parse
from records.terminology.models import Interaction, MedicineName, Substance
from tests.people import StaffFactory
from tests.records.medicines.known import found, lines_of, starter

pytestmark = pytest.mark.django_db
HEADS = {
    "substances": "name,kind,classes,duplicate,cross,source\n",
    "names": "name,means,source\n",
    "interactions": "kind,first,second,severity,effect,advice,source\n",
}
SHAPES = {shape.name: shape for shape in (SUBSTANCES, NAMES, INTERACTIONS)}
XYZOLIN = HEADS["substances"] + "Xyzolin,medicine,NSAIDs,,,Our formulary\n"


def load(which: str, text: str) -> Any:
    return services.load_medicines(which, by=StaffFactory(role=Role.ADMIN), text=text)


def known_of(*texts: str) -> Lists:
    return services.known_of(texts)


def test_the_starter_lists_are_there_from_the_first_day() -> None:
    assert Substance.objects.count() == len(lines_of(SUBSTANCES))
    assert MedicineName.objects.count() == len(lines_of(NAMES))
    assert Interaction.objects.count() == len(lines_of(INTERACTIONS))
    kinds = [one.kind for one in starter().known.values()]
    assert kinds.count(Kind.MEDICINE) >= 150
    assert len(starter().together) >= 120
    assert not [line for shape in SHAPES.values() for line in lines_of(shape) if not line["source"]]


def test_what_is_stored_says_the_same_as_the_files() -> None:
    typed = ("Marcoumar", "Ibuprofen 400 mg + Xyzolin", "Pen V", "Amoxicillin")
    stored = known_of(*typed)
    for row in typed:
        assert found(row, "Warfarin", allergies=typed[2:3], lists=known_of(*typed, "Warfarin")) == found(
            row, "Warfarin", allergies=typed[2:3]
        )
    assert stored.is_whole


def test_no_class_is_without_members() -> None:
    """An allergy to such a class would be understood, and mean nothing."""
    used = {name for one in starter().known.values() for name in one.classes}
    assert {key for key, one in starter().known.items() if one.kind == Kind.CLASS} <= used


def test_a_clinic_adds_to_the_platforms_list() -> None:
    load("substances", XYZOLIN)
    load("names", HEADS["names"] + "Xyzo,Xyzolin,Our formulary\nCoumadin,Xyzolin,A brand here\n")
    load("interactions", HEADS["interactions"] + "interaction,Zinc,Xyzolin,major,No zinc,,Our formulary\n")
    assert [finding.key for finding in found("Xyzo", "Zinc", lists=known_of("Xyzo", "Zinc"))] == [
        "interaction:xyzolin|zinc"
    ]
    lists = known_of("Xyzolin", "Warfarin", "Coumadin")
    assert "interaction:warfarin|xyzolin" in [f.key for f in found("Xyzolin", "Warfarin", lists=lists)]
    assert lists.means("coumadin") == ("xyzolin",)


def test_what_the_platform_knows_is_not_made_harmless_by_a_clinic() -> None:
    with pytest.raises(Refusal):
        load("substances", HEADS["substances"] + "Amoxicillin,remedy,,,,Us\n")
    load("substances", HEADS["substances"] + "Amoxicillin,medicine,,,,Us\nPenicillins,class,,,,Us\n")
    load("names", HEADS["names"] + "Amoxicillin,Zinc,Us\n")
    lists = known_of("Amoxicillin", "Penicillin")
    assert [finding.level for finding in found("Amoxicillin", allergies=("Penicillin",), lists=lists)] == [
        "stop"
    ]
    assert lists.known["penicillins"].cross == "stop"


def test_a_preview_stores_nothing_and_names_what_changes() -> None:
    load("substances", XYZOLIN + "Foolin,medicine,,,,Us\nBarlin,medicine,,,,Us\n")
    text = XYZOLIN + "Foolin,medicine,statins,,,Us\nNewlin,medicine,,,,Us\n"
    changes = services.preview_medicines("substances", by=StaffFactory(role=Role.ADMIN), text=text)
    assert [row["name"] for row in changes.new] == ["Newlin"]
    assert [row["name"] for row in changes.changed] == ["Foolin"]
    assert [obj.name for obj in changes.gone] == ["Barlin"]
    assert changes.same == 1
    assert ClinicSubstance.objects.count() == 3
    load("substances", text)
    assert sorted(ClinicSubstance.objects.values_list("key", flat=True)) == ["foolin", "newlin", "xyzolin"]
    assert services.preview_medicines("substances", by=StaffFactory(role=Role.ADMIN), text=text).is_nothing


@pytest.mark.parametrize(
    ("which", "line", "why"),
    [
        ("substances", "Foo,potion,,,,Us", "one of"),
        ("substances", ",medicine,,,,Us", "empty"),
        ("substances", "Foo,medicine,nonsense,,,Us", "not in the list"),
        ("substances", "Foo,medicine,ibuprofen,,,Us", "not a class"),
        ("substances", "Foo,medicine,,,,", "source"),
        ("substances", "Foo,medicine,,warn,,Us", "Only a class"),
        ("substances", "Foo,remedy,statins,,,Us", "Only a medicine"),
        ("substances", "Foo,medicine,,,", "cells"),
        ("substances", "Foo,medicine,,,,Us,more", "cells"),
        ("substances", "Ibuprofen,remedy,,,,Us", "another kind"),
        ("names", "Foo,nonsense,Us", "not in the list"),
        ("names", "Foo,,Us", "empty"),
        ("names", "F" * 201 + ",ibuprofen,Us", "too long"),
        ("interactions", "interaction,ibuprofen,nonsense,major,Bad,,Us", "not in the list"),
        ("interactions", "interaction,ibuprofen,zinc,terrible,Bad,,Us", "one of"),
        ("interactions", "interaction,ibuprofen,zinc,major,,,Us", "effect"),
        ("interactions", "feeling,ibuprofen,zinc,major,Bad,,Us", "one of"),
    ],
)
def test_a_wrong_line_is_named_by_its_number_and_nothing_is_loaded(which: str, line: str, why: str) -> None:
    good = {
        "substances": "Xyzolin,medicine,NSAIDs,,,Us",
        "names": "Xyzo,ibuprofen,Us",
        "interactions": "interaction,zinc,warfarin,major,Bad,,Us",
    }
    text = HEADS[which] + good[which] + "\n" + line + "\n"
    changes = services.preview_medicines(which, by=StaffFactory(role=Role.ADMIN), text=text)
    assert [wrong.line for wrong in changes.wrong] == [3]
    assert why in changes.wrong[0].why
    with pytest.raises(Refusal):
        load(which, text)
    for model in (ClinicSubstance, ClinicMedicineName, ClinicInteraction):
        assert not model.objects.exists()


@pytest.mark.parametrize("shape", SHAPES.values(), ids=lambda shape: shape.name)
@pytest.mark.parametrize("text", ["", "one,two\n", "\0", "\ufeffname\n", '"', "name,kind\r\n\r\n"])
def test_what_is_no_such_file_is_said(shape: Shape, text: str) -> None:
    rows, wrong = parse(shape, text, {})
    assert not rows
    assert wrong


def test_the_same_line_twice_is_wrong() -> None:
    line = "interaction,Zinc,Warfarin,major,Bad,,Us\n"
    turned = "interaction,warfarin,ZINC,minor,Bad,,Us\n"
    text = HEADS["interactions"] + line + turned
    rows, wrong = parse(INTERACTIONS, text, {"zinc": "medicine", "warfarin": "medicine"})
    assert [problem.line for problem in wrong] == [3]
    assert len(rows) == 1


def test_a_spreadsheets_marks_do_not_matter() -> None:
    text = "\ufeff" + HEADS["names"].replace("\n", "\r\n") + '"Xyzo "," ibuprofen + ZINC ",Us\r\n'
    rows, wrong = parse(NAMES, text, {"ibuprofen": "medicine", "zinc": "medicine"})
    assert not wrong
    assert rows[0]["means"] == ["ibuprofen", "zinc"]


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST, Role.PATIENT])
def test_only_administrators_load(role: Role) -> None:
    with pytest.raises(Refusal):
        services.load_medicines("substances", by=StaffFactory.build(role=role), text=XYZOLIN)
    with pytest.raises(Refusal):
        services.preview_medicines("substances", by=None, text=XYZOLIN)


def test_a_load_is_in_the_trail(audit_trail: Callable[[], list[Any]]) -> None:
    load("substances", XYZOLIN)
    assert [entry.table_name for entry in audit_trail()].count("medicines_clinicsubstance") == 1


def test_a_clinic_writes_nothing_into_the_platforms_list() -> None:
    with pytest.raises(DatabaseError, match="permission"), transaction.atomic():
        Interaction.objects.all().delete()


def test_the_platform_loads_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for shape in SHAPES.values():
        (tmp_path / f"{shape.name}.csv").write_text(HEADS[shape.name], encoding="utf-8")
    with schema_context("public"):
        call_command("load_medicines", tmp_path, "--check")
        assert f"{len(lines_of(SUBSTANCES))} gone" in capsys.readouterr().out
        assert Substance.objects.exists()
        (tmp_path / "names.csv").write_text(HEADS["names"] + "Foo,nonsense,Us\n", encoding="utf-8")
        with pytest.raises(CommandError, match="1 lines are wrong"), transaction.atomic():
            call_command("load_medicines", tmp_path)
        assert Substance.objects.exists()
        call_command("load_medicines")
        assert f"0 gone, {len(lines_of(SUBSTANCES))} as before" in capsys.readouterr().out
