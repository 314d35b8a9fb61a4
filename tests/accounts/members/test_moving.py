"""Tables of patients and doctors: a dirty one of a thousand rows, shown as it is and taken back whole."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from psycopg import sql

from accounts.members.models import Member, PatientProfile
from accounts.members.services import register_patient
from clinic.models import Refusal
from clinic.moving.services import (
    bring_in,
    decide_row,
    start_table,
    take_back_or_keep,
    undo_import,
    upload_table,
)
from clinic.moving.tables.shown import shown
from clinic.notifications.models import OutboxMessage
from tests.databases import rows
from tests.people import StaffFactory

pytestmark = pytest.mark.django_db

ROWS = 1000
# What is kept of an import that was taken back.
OWN = ("audit_", "moving_importrun")
HEADS = ("Vorname", "Nachname", "Geburtsdatum", "Telefon", "E-Mail", "Geschlecht", "Nr.", "Ort", "Bemerkung")
GIVEN = ("Renée", "Jürgen", "Åsa", "Zoë", "Ada", "Emeka", "Søren", "Inês", "Ngozi", "Tunde")
FAMILY = ("Müller", "Okafor", "Garçon", "Núñez", "Adébáyò", "Öztürk", "Smith", "Nwosu", "Fröhlich", "Eze")


@pytest.fixture
def admin(acme: Any, settings: Any, tmp_path: Any) -> Member:
    settings.DATA_DIR = tmp_path
    return StaffFactory(role="admin")


def csv_of(lines: list[Any], name: str = "patients.csv") -> SimpleUploadedFile:
    text = StringIO()
    csv.writer(text).writerows(lines)
    return SimpleUploadedFile(name, text.getvalue().encode())


def person(number: int) -> list[str]:
    """A row nothing is wrong with; ten of a family share its telephone."""
    given, family = GIVEN[number % 10], FAMILY[number // 10 % 10]
    letters = "".join("abcdefghij"[int(digit)] for digit in str(number))
    born = f"{1 + number % 28:02}.{1 + number % 12:02}.{1930 + number % 90}"
    phone = f"0803 123 {4000 + number // 10}"
    return [
        given,
        f"{family}-{letters}",
        born,
        phone,
        "",
        "wmd"[number % 3],
        str(10_000 + number),
        "Köln",
        "",
    ]


def dirty() -> tuple[bytes, dict[str, int]]:
    """A thousand rows as an old system gives them out, and how many of what are in them."""
    table = [person(number) for number in range(ROWS)]
    for number in range(0, 100, 10):
        table[number][2] = "31.02.1990"
    for number in range(3, 60, 20):
        table[number][2] = "04/23/1985"
    table[5][2] = "12.12.2199"
    table[15][3] = "ask her sister"
    table[25][4] = "nobody at home"
    table[35][0] = ""
    table[45][5] = "?"
    # Typed as text, they are text.
    table[110][8] = "=HYPERLINK(“http://evil.example”)"
    table[111][8] = "+1 pays late"
    table[112][8] = "@home"
    # Somebody twice: once more the very same row, and once with another number.
    table[201] = list(table[200])
    table[211] = [*table[210][:6], "99999", *table[210][7:]]
    # Here already: "Ada Known", by name and birthday; and by name alone, with the same telephone.
    table[300][:4] = ["Ada", "Known", "23.04.1985", ""]
    table[310][:4] = ["Ada", "Known", "", "+234 803 999 8888"]
    text = StringIO()
    csv.writer(text, delimiter=";").writerows([HEADS, *table])
    return text.getvalue().encode("cp1252", "replace"), {
        "refused": 10 + 3 + 5 + 1,
        "duplicate": 3,
        "new": ROWS - 19 - 3,
    }


def counts() -> dict[str, int]:
    """The rows of every table of the clinic but for the trail and the imports themselves."""
    tables = rows(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
    )
    counted = sql.SQL("SELECT count(*) FROM {}")
    names = [name for (name,) in tables if not name.startswith(OWN)]
    return {name: rows(counted.format(sql.Identifier(name)).as_string())[0][0] for name in names}


def test_a_dirty_table_does_what_was_shown_and_is_taken_back_whole(admin: Member) -> None:
    register_patient(
        by=admin, given_name="Ada", family_name="Known", date_of_birth="1985-04-23", phone="+2348039998888"
    )
    before = counts()
    content, expected = dirty()
    run = upload_table(kind="patients", file=SimpleUploadedFile("old.csv", content), by=admin)
    plan = shown(run)
    assert {name: plan.counts[name] for name in expected} == expected
    assert (run.format["encoding"], run.format["separator"], run.format["date_order"]) == (
        "cp1252",
        ";",
        "dmy",
    )
    sentences = {line: sentence for line, _column, sentence, _title in plan.problems}
    assert sentences[2] == "“31.02.1990” is no day of the calendar."
    assert sentences[5] == "“04/23/1985” is no date when the day comes first."
    assert sentences[203] == "This is line 202 once more."
    with pytest.raises(Refusal, match="Some rows have problems"):
        start_table(run, by=admin)
    run = decide_row(run, by=admin, line=312, choice="skip")
    coming = shown(run).counts["comes"]
    assert counts() == before
    run = bring_in(start_table(run, by=admin, leave_out=True))
    assert (run.status, run.problem) == ("done", "")
    assert PatientProfile.objects.count() == 1 + coming == 1 + expected["new"]
    assert PatientProfile.objects.filter(notes="@home").count() == 1
    assert PatientProfile.objects.filter(member__family_name="Fröhlich-ib").exists()
    assert not OutboxMessage.objects.exists()
    take_back_or_keep(undo_import(run, by=admin), by=admin)
    assert counts() == before
