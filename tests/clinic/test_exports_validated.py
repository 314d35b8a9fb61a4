"""What is given out as FHIR is FHIR: two validators that are not ours find no error in a whole clinic."""

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from clinic.exports import services
from clinic.exports.models import Export, Status
from tests.clinic import everything

HERE = Path(__file__).parents[1] / "validators"
NODE = shutil.which("node") or shutil.which("nodejs") or ""
LACKING = "Neither node nor the validators are here: make test installs them (npm ci in tests/validators)."


@pytest.fixture
def node() -> str:
    """The program that runs the validators; without it the test fails where it must not be missing."""
    if NODE and (HERE / "node_modules").is_dir():
        return NODE
    if os.environ.get("CI") == "true":
        pytest.fail(LACKING)
    pytest.skip(LACKING)


def validated(node: str, *paths: Path) -> dict[str, Any]:
    """What both validators say of these files."""
    asked = [node, str(HERE / "validate.mjs"), *map(str, paths)]
    said = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=120)
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found


@pytest.mark.django_db
def test_two_foreign_validators_find_no_error_in_an_exported_clinic(
    node: str, acme: Any, tmp_path: Path
) -> None:
    everything.build(acme)
    # What is being prepared already is in the way of another one.
    asked = Export.objects.get(way=Export.Way.CLINIC)
    services.make_export(asked.pk)
    export = Export.objects.get(pk=asked.pk)
    assert export.status == Status.READY, export.problem
    with zipfile.ZipFile(export.path) as file:
        names = [name for name in file.namelist() if name.startswith("fhir/")]
        file.extractall(tmp_path, names)
    found = validated(node, *(tmp_path / name for name in names))
    assert found["errors"] == []
    assert [kind for kind, count in export.counts["fhir"].items() if not count] == []
    assert found["seen"]["medplum"] == found["seen"]["fhir"] > sum(export.counts["fhir"].values())


def test_the_validators_see_what_is_wrong(node: str, tmp_path: Path) -> None:
    wrong = {"resourceType": "Patient", "id": "1", "gender": "mann", "birthDate": "3.4.1980"}
    (tmp_path / "wrong.json").write_text(json.dumps(wrong))
    found = validated(node, tmp_path / "wrong.json")
    assert {error["validator"] for error in found["errors"]} == {"medplum", "fhir"}
