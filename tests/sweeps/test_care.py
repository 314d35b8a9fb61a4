"""Every page that shows something clinical of one patient: held for a stranger, opened with a reason, noted.

The pages are found in the URL configuration and whose record it is in the database, not in the gate's own
table: a page added tomorrow is in here tomorrow.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from accounts.members.models import PatientProfile
from accounts.members.roles import PERMISSIONS, Role, allows
from clinic.audit.models import AuditEvent
from records import services
from tests.conftest import ClinicClient
from tests.databases import undone
from tests.people import DoctorFactory, with_login
from tests.sweeps import world
from tests.sweeps.pages import CLINIC, Page, pages

# What nobody may read who has not the patient in care; some of it is the world's own.
SECRETS = ("Penicillin", "Asthma", "Canary complaint", "Canarium album")
# Doctors alone press these, and they say nothing of what was found.
NOT_CLINICAL = {"scheduling.fulfil_appointment"}
# Some that open for whoever may read.
READ = {"chart:chart", "records:consultation", "records:prescription", "records:prescription_pdf"}
# That a text was kept, and when; an empty form under the patient's name.
TELLS_NOTHING = {
    *("records:kept_consultation", "records:kept_prescription", "documents:add_record"),
    *("history:add_immunization", "history:add_past_procedure"),
}


def is_clinical(page: Page) -> bool:
    """What a doctor may open and the desk may not."""
    permission = page.permission or ""
    known = permission in PERMISSIONS and permission not in NOT_CLINICAL
    return known and allows(Role.DOCTOR, permission) and not allows(Role.RECEPTIONIST, permission)


def patients_behind(values: dict[str, Any]) -> dict[str, Any]:
    """By the page's name the key of the patient whose record its address names, or None."""
    of = patients_of({key for key in values.values() if isinstance(key, UUID)})
    behind = {}
    for page in pages(CLINIC):
        keys = [values[before] for before, part in pairwise(page.route.split("/")) if part.startswith("<")]
        found = {patient for key in keys for patient in of.get(key, ())}
        assert len(found) < 2, f"{page} is about two patients"
        behind[page.name] = found.pop() if found else None
    return behind


def patients_of(keys: set[UUID]) -> dict[Any, set[Any]]:
    """Whose the records of these keys are; each model is asked once."""
    found: dict[Any, set[Any]] = {key: set() for key in keys}
    for key in PatientProfile.objects.filter(pk__in=keys).values_list("pk", flat=True):
        found[key].add(key)
    for model in apps.get_models():
        names = {field.name for field in model._meta.fields if field.is_relation}
        if "patient" in names and model._meta.pk.name == "id":
            records = model._default_manager.filter(pk__in=keys, patient__isnull=False)
            for key, patient in records.values_list("pk", "patient_id"):
                found[key].add(patient)
    return found


@pytest.fixture
def people(db: None, acme: Any) -> SimpleNamespace:
    """A clinic in which the one patient has something of every kind, and none of it is a stranger's."""
    made = world.build(acme)
    doctor = made.members[Role.DOCTOR]
    patient = made.members[Role.PATIENT].patient
    consultation = services.start_walk_in(patient, by=doctor)
    services.save_consultation(consultation, by=doctor, complaints="Canary complaint")
    draft = services.prescribe(consultation, by=doctor)
    services.save_prescription(draft, by=doctor, notes="", items=[{"medicine": "Canarium album"}])
    with connection.cursor() as cursor:
        # Entries of the trail are made when a request commits; here the test's transaction goes on.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return made


def opened(browser: ClinicClient, address: str) -> tuple[Any, list[Any]]:
    """What the page answers, and whose records it entered in the trail as read."""
    last = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with undone():
        answer = browser.get(address)
        read = AuditEvent.objects.filter(id__gt=last, action="read").values_list("patient_id", flat=True)
        noted = list(read)
    return answer, noted


def tells(answer: Any) -> bool:
    text = answer.content.decode(errors="replace") if answer.status_code == 200 else ""
    return any(secret in text for secret in SECRETS)


def test_a_stranger_is_sent_to_the_glass_and_reads_nothing(
    people: SimpleNamespace, client_for: Callable[..., ClinicClient]
) -> None:
    stranger = with_login(DoctorFactory())
    browser, held, behind = client_for(stranger), [], patients_behind(people.values)
    for page in pages(CLINIC):
        if page.permission is None:
            continue
        address = page.address(people.values)
        answer, _noted = opened(browser, address)
        assert not tells(answer), f"{page} tells a stranger"
        whose = behind[page.name]
        if not (is_clinical(page) and whose) or page.name == "chart:break_glass":
            continue
        held.append(page)
        glass = reverse("chart:break_glass", args=[whose])
        for sent in (answer, browser.send(address)):
            assert sent.status_code == 302, f"{page} is open to a stranger"
            assert sent["Location"].startswith(glass), f"{page} leads a stranger elsewhere"
    assert len(held) > 20
    # With a reason each of them opens, and whatever was opened is noted.
    for whose in {behind[page.name] for page in held}:
        services.break_glass(PatientProfile.objects.get(pk=whose), by=stranger, reason="On duty alone")
    wrong = [
        complaint
        for page in held
        for complaint in complaints(page, behind[page.name], opened(browser, page.address(people.values)))
    ]
    assert not wrong, "\n".join(wrong)


def complaints(page: Page, whose: Any, got: tuple[Any, list[Any]]) -> Iterator[str]:
    """What is wrong with a page after the glass was broken: it opens, and what it tells is noted."""
    answer, noted = got
    room = (page.permission or "").partition(".")[0]
    is_page = answer.status_code == 200 and room != "members" and page.name not in TELLS_NOTHING
    if answer.status_code == 403 or "/glass/" in answer.get("Location", ""):
        yield f"{page} stays shut"
    if page.name in READ and answer.status_code != 200:
        yield f"{page} does not open"
    if (is_page or tells(answer)) and whose not in noted:
        yield f"{page} leaves nothing in the trail"


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.ADMIN])
def test_whoever_reads_something_clinical_is_noted(
    role: Role, people: SimpleNamespace, client_for: Callable[..., ClinicClient]
) -> None:
    browser, patient = client_for(people.members[role]), people.members[Role.PATIENT]
    told, silent = [], []
    for page in pages(CLINIC):
        if page.permission is None or not page.has_arguments:
            continue
        answer, noted = opened(browser, page.address(people.values))
        if tells(answer):
            told.append(page.name)
            silent += [] if patient.pk in noted else [page.name]
    assert not silent, f"these tell the {role} and leave nothing in the trail"
    assert len(told) > 3
