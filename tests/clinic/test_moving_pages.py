"""Moving in, page by page, as the clinic's administrator goes through it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.members.models import Member, PatientProfile
from accounts.members.services import register_patient
from clinic.db.current import connection
from clinic.models import Refusal
from clinic.moving.jobs import look_at_rows
from clinic.moving.models import ImportRun
from clinic.moving.services import bring_in, look_or_say_why_not, start_table, take_back_or_keep
from clinic.moving.tables import TAKERS
from tests.conftest import ClinicClient
from tests.people import StaffFactory, with_login

pytestmark = pytest.mark.django_db
DIRTY = (
    b"First name;Last name;DOB;Town\nAda;Okafor;23/04/1985\n"
    b"Ada;Okafor;1985-04-23;Lagos\nEmeka;Eze;31/02/1990\n"
)


@pytest.fixture
def browser(acme: Any, client_for: Callable[..., ClinicClient], settings: Any, tmp_path: Any) -> ClinicClient:
    settings.DATA_DIR = tmp_path
    return client_for(with_login(StaffFactory(role="admin")))


def upload(browser: ClinicClient, content: bytes = DIRTY, kind: str = "patients") -> ImportRun:
    answer = browser.send(
        f"/moving/upload/?kind={kind}", {"file": SimpleUploadedFile("old list.csv", content)}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    return ImportRun.objects.latest("created_at")


def test_an_administrator_moves_in_and_back_out(
    browser: ClinicClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nothing was brought in yet" in browser.get("/moving/").text
    run = upload(browser)
    page = browser.get(f"/moving/tables/{run.pk}/").text
    assert "“31/02/1990” is no day of the calendar." in page
    assert "Like line 2: Ada Okafor (90 points):" in page
    assert "“23/04/1985” in line 2 can be nothing else" in page
    assert not PatientProfile.objects.exists()
    monkeypatch.setattr("clinic.moving.views.tables.PER_PAGE", 2)
    page = browser.send(f"/moving/tables/{run.pk}/start/")
    assert "Some rows have problems." in page.text
    # The refused form has left the browser at its own address.
    assert f'href="/moving/tables/{run.pk}/?show=refused"' in page.text
    assert f'href="/moving/tables/{run.pk}/?page=2"' in page.text
    answer = browser.send(f"/moving/tables/{run.pk}/decide/", {"line": 3, "choice": "bring"})
    assert "Brought in, though perhaps here" in browser.get(answer["Location"]).text
    answer = browser.send(f"/moving/tables/{run.pk}/start/", {"leave_out": "on"})
    assert "It is done." in browser.get(answer["Location"]).text
    assert PatientProfile.objects.count() == 2
    assert "old list.csv" in browser.get("/moving/").text
    assert "2 patients" in browser.get(f"/moving/imports/{run.pk}/undo/").text
    answer = browser.send(f"/moving/imports/{run.pk}/undo/")
    assert "This import was taken back." in browser.get(answer["Location"]).text
    assert not PatientProfile.objects.exists()


def test_columns_and_format_are_changed_and_remembered(browser: ClinicClient) -> None:
    run = upload(browser, b"A,B,C\nAda,Okafor,04/05/1985\n")
    assert run.mapping == {}
    chosen = {"column-0": "given_name", "column-1": "given_name"}
    page = browser.send(f"/moving/tables/{run.pk}/columns/", chosen)
    assert "Two columns are “Given name”" in page.text
    page = browser.send(f"/moving/tables/{run.pk}/columns/", {"column-1": "family_name"})
    assert "Say which column is: Given name." in page.text
    chosen = {"column-0": "given_name", "column-1": "family_name", "column-2": "date_of_birth"}
    assert browser.send(f"/moving/tables/{run.pk}/columns/", chosen).status_code == 302
    shape = {"encoding": "utf-8", "separator": "comma", "quote": "double", "head": 1, "decimal": "."}
    assert browser.send(f"/moving/tables/{run.pk}/shape/", {**shape, "date_order": "mdy"}).status_code == 302
    assert browser.send(f"/moving/tables/{run.pk}/start/").status_code == 302
    assert str(PatientProfile.objects.get().date_of_birth) == "1985-04-05"
    assert upload(browser, b"a,b,C\nEmeka,Eze,01/02/1990\n").mapping == {
        "0": "given_name",
        "1": "family_name",
        "2": "date_of_birth",
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The submitted file is empty."),
        (b"Name\n", "There are no rows below the heads"),
        (b"PK\x03\x04 no zip", "This is no workbook that can be read."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook of the old kind"),
    ],
)
def test_what_is_no_table_is_refused_beside_the_file(
    browser: ClinicClient, content: bytes, sentence: str
) -> None:
    page = browser.send("/moving/upload/?kind=patients", {"file": SimpleUploadedFile("x.csv", content)})
    assert page.status_code == 200
    assert sentence in str(page.context["form"].errors["file"])
    assert not ImportRun.objects.exists()


def test_problems_and_templates_are_files_without_formulas(browser: ClinicClient) -> None:
    run = upload(browser, b"First name,DOB\n=1+1,never\n")
    lines = browser.get(f"/moving/tables/{run.pk}/problems/").content.decode("utf-8-sig").splitlines()
    assert lines[1] == "2,Date of birth,“never” is no date. Write it as 1980-12-31.,'=1+1"
    for kind in ("patients", "doctors", "prices", "appointments"):
        template = browser.get(f"/moving/template/?kind={kind}&as=xlsx").content
        seen = upload(browser, template, kind)
        assert len(seen.mapping) == len(set(seen.mapping.values())) > 4


def test_a_running_import_tells_how_far_it_is(browser: ClinicClient) -> None:
    run = upload(browser)
    ImportRun.objects.filter(pk=run.pk).update(status="running", started_at=run.created_at)
    assert "0 of 3 rows" in browser.get(f"/moving/imports/{run.pk}/").text
    assert "0 of 3 rows" in browser.get(f"/moving/imports/{run.pk}/progress/").text
    assert browser.get(f"/moving/tables/{run.pk}/").status_code == 302
    assert browser.send(f"/moving/tables/{run.pk}/discard/").status_code == 302
    ImportRun.objects.filter(pk=run.pk).update(
        status="failed", problem="Why", finished_at=run.created_at, file_deleted_at=run.created_at
    )
    assert browser.get(f"/moving/imports/{run.pk}/progress/")["HX-Refresh"] == "true"
    assert "Nothing was brought in." in browser.get(f"/moving/imports/{run.pk}/").text


def test_a_long_table_is_looked_at_by_the_worker(
    browser: ClinicClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TAKERS["patients"], "looked_at_once", 2)
    run = upload(browser)
    page = browser.get(f"/moving/tables/{run.pk}/").text
    assert "The file is being looked at" in page
    assert "0 of 3 rows" in page
    assert "0 of 3 rows" in browser.get(f"/moving/imports/{run.pk}/progress/").text
    for path in ("start", "columns", "shape", "decide"):
        answer = browser.send(f"/moving/tables/{run.pk}/{path}/", {"line": 3, "choice": "bring"})
        assert answer["Location"] == f"/moving/tables/{run.pk}/"
    with pytest.raises(Refusal, match="still being looked at"):
        start_table(run, by=run.by, leave_out=True)
    assert browser.get(f"/moving/tables/{run.pk}/problems/").status_code == 302
    assert not PatientProfile.objects.exists()
    look_at_rows(schema_name=connection.schema_name, run_id=str(run.pk))
    assert browser.get(f"/moving/imports/{run.pk}/progress/")["HX-Refresh"] == "true"
    assert "“31/02/1990” is no day of the calendar." in browser.get(f"/moving/tables/{run.pk}/").text
    columns = {"column-0": "given_name", "column-1": "family_name"}
    browser.send(f"/moving/tables/{run.pk}/columns/", columns)
    assert "The file is being looked at" in browser.get(f"/moving/tables/{run.pk}/").text
    look_or_say_why_not(ImportRun.objects.get())
    browser.send(f"/moving/tables/{run.pk}/start/", {"leave_out": "on"})
    assert PatientProfile.objects.count() == 2


def test_what_could_not_be_looked_at_says_so(browser: ClinicClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TAKERS["patients"], "looked_at_once", 2)
    run = upload(browser)
    monkeypatch.setattr(TAKERS["patients"], "look_up", lambda self, rows: 1 / 0)
    look_or_say_why_not(run)
    assert browser.get(f"/moving/imports/{run.pk}/progress/")["HX-Refresh"] == "true"
    page = browser.get(f"/moving/tables/{run.pk}/").text
    assert "The file could not be looked at." in page
    assert "did not foresee" in page


def test_what_has_changed_there_since_is_said_and_not_taken_over(browser: ClinicClient) -> None:
    content = b"ID,First name,Last name,DOB\n7,Ada,Okafor,1985-04-23\n8,Bola,Ade,1990-01-01\n"
    run = upload(browser, content)
    browser.send(f"/moving/tables/{run.pk}/start/")
    run = upload(browser, content.replace(b"Okafor", b"Obi"))
    page = browser.get(f"/moving/tables/{run.pk}/?show=differs").text
    assert "“Obi” in the file, “Okafor” here." in page
    assert "Bola · Ade" not in page
    assert "brought in before</" in page
    run = upload(browser, content.replace(b"Okafor", b"Obi") + b"9,Ngozi,Eze,1970-01-01\n")
    answer = browser.send(f"/moving/tables/{run.pk}/start/")
    assert "of them changed there, not taken over" in browser.get(answer["Location"]).text
    assert PatientProfile.objects.filter(member__family_name="Okafor").exists()
    assert PatientProfile.objects.count() == 3


def test_what_is_no_longer_as_it_was_shown_is_not_brought_in(browser: ClinicClient) -> None:
    run = upload(browser, b"First name,Last name,DOB\nAda,Okafor,1985-04-23\n")
    register_patient(by=run.by, given_name="Ada", family_name="Okafor", date_of_birth="1985-04-23")
    answer = browser.send(f"/moving/tables/{run.pk}/start/")
    assert "Something has changed since this was looked at." in browser.get(answer["Location"]).text
    assert PatientProfile.objects.count() == 1


def test_a_job_that_comes_twice_does_its_work_once(browser: ClinicClient) -> None:
    run = upload(browser, b"First name\nAda\n")
    browser.send(f"/moving/tables/{run.pk}/start/")
    assert bring_in(run).status == "done"
    assert PatientProfile.objects.count() == 1
    assert take_back_or_keep(run, by=run.by).status == "done"
    assert PatientProfile.objects.count() == 1


def test_nothing_is_begun_that_would_bring_nothing_and_only_doubts_are_decided(browser: ClinicClient) -> None:
    run = upload(browser, b"First name,DOB\nAda,31/02/1990\n")
    page = browser.send(f"/moving/tables/{run.pk}/start/", {"leave_out": "on"})
    assert "no row would be brought in." in page.text
    with pytest.raises(Refusal, match="No row would be brought in"):
        start_table(run, by=run.by, leave_out=True)
    browser.send(f"/moving/tables/{run.pk}/decide/", {"line": 2, "choice": "bring"})
    assert ImportRun.objects.get().decisions == {}


def test_a_row_with_too_much_or_an_identifier_twice_is_told(browser: ClinicClient) -> None:
    run = upload(browser, b"ID,First name\n1,Ada\n1,Bola\n2,Emeka,more\n")
    page = browser.get(f"/moving/tables/{run.pk}/").text
    assert "Line 2 has the same identifier." in page
    assert "This row has more cells than there are heads." in page


def test_a_file_that_is_too_large_is_refused(browser: ClinicClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic.moving.forms.LARGEST_FILE", 10)
    file = SimpleUploadedFile("x.csv", DIRTY)
    page = browser.send("/moving/upload/?kind=patients", {"file": file})
    assert "This file is larger than 20 MB." in page.text
    assert not ImportRun.objects.exists()


def test_an_upload_is_put_away(browser: ClinicClient) -> None:
    run = upload(browser)
    browser.send(f"/moving/tables/{run.pk}/discard/")
    assert ImportRun.objects.get().status == "discarded"
    assert browser.get(f"/moving/tables/{run.pk}/shape/").status_code == 405
    assert browser.get(f"/moving/imports/{run.pk}/undo/").status_code == 404


def test_only_administrators_move_in(client_for: Callable[..., ClinicClient], acme: Any) -> None:
    desk: Member = with_login(StaffFactory(role="receptionist"))
    assert client_for(desk).get("/moving/").status_code == 403
