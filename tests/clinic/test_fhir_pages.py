"""The pages on which administrators bring records of another system in; and the command."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.members.models import Condition, PatientProfile
from clinic.fhir import services
from clinic.moving.models import ImportRun
from tests.accounts.members.factories import member_in
from tests.clinic.fhir_bundles import a_patient, brought_in, bundle, document, looked_at, of_patient
from tests.people import PatientFactory

pytestmark = pytest.mark.django_db
PAGE = "/moving/fhir/"


@pytest.fixture
def browser(client_for: Callable[..., Any]) -> Any:
    """The administrator's."""
    return client_for(member_in("admin"))


def uploaded(data: Any, name: str = "one.json") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, document(data).content, content_type="application/json")


def test_a_file_is_shown_before_it_is_brought_in(browser: Any) -> None:
    data = bundle(a_patient(maritalStatus={"text": "M"}), of_patient("Condition", 2, code={"text": "Asthma"}))
    answer = browser.send(PAGE, {"uploads": [uploaded(data)]})
    run = ImportRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}{run.pk}/")
    page = browser.get(answer["Location"]).content.decode()
    assert "2 records would be new" in page
    assert "maritalStatus" in page
    assert not PatientProfile.objects.exists()
    assert browser.send(f"{PAGE}{run.pk}/bring-in/").status_code == 302
    assert Condition.objects.get().name == "Asthma"
    page = browser.get(f"{PAGE}{run.pk}/").content.decode()
    assert "What has happened" in page
    assert "Take it back" in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "The file is broken"),
        ({"resourceType": "MedicationOrder", "id": "1"}, "This is FHIR DSTU2"),
        ({"name": "x"}, "not FHIR"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_beside_the_field(browser: Any, data: Any, said: str) -> None:
    answer = browser.send(PAGE, {"uploads": [uploaded(data)], "system": "north"})
    assert answer.status_code == 200
    (refused,) = answer.context["form"].errors["uploads"]
    assert said in refused
    assert answer.context["form"]["system"].value() == "north"
    assert not ImportRun.objects.exists()


def test_of_many_files_the_unreadable_are_named_and_the_others_shown(browser: Any) -> None:
    answer = browser.send(PAGE, {"uploads": [uploaded(a_patient(), "good.json"), uploaded(b"{", "bad.json")]})
    page = browser.get(answer["Location"]).content.decode()
    assert "bad.json" in page
    assert "1 record would be new" in page


def test_whoever_may_be_known_is_asked_about(browser: Any) -> None:
    known = PatientFactory(given_name="Ngozi", family_name="Obi", date_of_birth="1980-02-03")
    run = looked_at(bundle(a_patient()))
    page = browser.get(f"{PAGE}{run.pk}/").content.decode()
    assert known.number in page
    assert "same date of birth" in page
    wrong = browser.send(f"{PAGE}{run.pk}/bring-in/", {"same-0": "somebody"})
    assert wrong.status_code == 200
    browser.send(f"{PAGE}{run.pk}/bring-in/", {"same-0": str(known.pk)})
    assert PatientProfile.objects.get() == known


def test_many_records_are_looked_at_by_the_worker_while_the_page_waits(browser: Any) -> None:
    patients = [a_patient(number, name=[{"text": f"Ngozi Obi{number}"}]) for number in range(1, 202)]
    answer = browser.send(PAGE, {"uploads": [uploaded(bundle(*patients))]})
    run, page = ImportRun.objects.get(), browser.get(answer["Location"]).content.decode()
    assert run.status == "uploaded"
    assert "0 of 201" in page
    assert "0 of 201" in browser.get(answer["Location"], HTTP_HX_REQUEST="true").content.decode()
    services.foresee_nothing(run)
    assert browser.get(answer["Location"], HTTP_HX_REQUEST="true")["HX-Refresh"] == "true"
    assert "did not foresee" in browser.get(answer["Location"]).content.decode()
    assert browser.send(f"{PAGE}{run.pk}/bring-in/").status_code == 200
    assert ImportRun.objects.get().status == "previewed"


def test_the_file_says_by_which_numbers_others_know_a_patient(browser: Any) -> None:
    number = [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-88-8619"}]
    brought_in(looked_at(bundle(a_patient(identifier=number))))
    page = browser.get(f"/patients/{PatientProfile.objects.get().pk}/").content.decode()
    assert "999-88-8619" in page
    assert "US social security number" in page


def test_the_command_brings_in_and_says_how_long_it_took(acme: Any, tmp_path: Path) -> None:
    member_in("admin")
    (tmp_path / "one.json").write_text(json.dumps(bundle(a_patient())))
    said = io.StringIO()
    call_command("import_fhir", acme.label, str(tmp_path), check=True, stdout=said)
    assert not PatientProfile.objects.exists()
    call_command("import_fhir", acme.label, str(tmp_path), stdout=said)
    assert PatientProfile.objects.count() == 1
    assert said.getvalue().rstrip().endswith("seconds")
    (tmp_path / "one.json").write_text("{")
    with pytest.raises(CommandError, match="broken"):
        call_command("import_fhir", acme.label, str(tmp_path), stdout=said)
    with pytest.raises(CommandError, match="no clinic"):
        call_command("import_fhir", "nobody", str(tmp_path))
