"""The demo's administrator has brought in the list of an older system, and looks at another one."""

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from clinic.demo.scene import Scene, at
from clinic.moving.models import ImportRun
from clinic.moving.services import start_table, upload_table

HEADS = "No.;First name;Surname;DOB;Sex;Town;Allergies;Chronic diseases\n"
BROUGHT = (
    "10431;Folake;Adeyinka;23.04.1961;f;;Penicillin;Hypertension\n"
    "10432;Bernard;Whelan;02.11.1954;m;;;Type 2 diabetes\n"
    "10433;Zainab;Lawal;17.08.1990;f;;Peanuts;\n"
    "10434;Colm;Rafferty;30.02.1988;m;;;\n"
)
WAITING = (
    "10433;Zainab;Lawal;17.08.1990;f;;Peanuts;\n"
    "10435;Sade;Ogunleye;05.01.2015;f;;;Asthma\n"
    "10436;Zaynab;Lawal;17.08.1990;f;;;\n"
    "10437;;Doyle;12.12.2199;?;;;\n"
)


def bring_in_lists(scene: Scene, now: datetime) -> None:
    """One list that came, but for a row with a problem, and one that nobody has brought in yet."""
    if ImportRun.objects.exists():
        return
    by = scene.admin
    with at(now - timedelta(minutes=20), by):
        brought = upload_table(kind="patients", file=_file("patients of 2024.csv", BROUGHT), by=by)
        start_table(brought, by=by, leave_out=True)
    with at(now - timedelta(minutes=10), by):
        upload_table(kind="patients", file=_file("the rest.csv", WAITING), by=by)


def _file(name: str, rows: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (HEADS + rows).encode("cp1252"))
