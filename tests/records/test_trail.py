"""Administrators search the trail by person, patient, action and day, in plain words."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from clinic.audit.models import AuditEvent
from clinic.audit.services import acting
from clinic.db.current import connection
from records.documents.services import add_record
from tests.people import PatientFactory
from tests.scheduling.factories import DoctorFactory, MemberFactory, doctor_of

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
PAGE = "/trail/"


@pytest.fixture
def admin(client_for: Browser) -> Any:
    """The browser of an administrator; entries are made at once, not when the test's transaction ends."""
    browser = client_for(MemberFactory(role=Role.ADMIN))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return browser


def found(browser: Any, **asked: str) -> list[AuditEvent]:
    return list(browser.get(PAGE, asked).context["entries"])


def changed() -> Any:
    """A patient whose town was changed by somebody."""
    patient = PatientFactory(family_name="Okonkwo", city="Lagos")
    with acting({"actor_id": "x", "actor": "Grace Bello (receptionist)"}):
        patient.city = "Abuja"
        patient.save(update_fields=["city"])
    return patient


def test_by_person_patient_action_and_day(admin: Any) -> None:
    patient, other = changed(), PatientFactory()
    only = found(admin, who="grace", patient="okonkwo", action="update")
    assert [(entry.table_name, entry.patient.pk) for entry in only] == [
        ("members_patientprofile", patient.pk)
    ]
    assert {entry.patient_id for entry in found(admin, patient=other.number)} == {other.pk}
    today = timezone.localdate()
    assert found(admin, who="grace", since=today.isoformat(), until=today.isoformat()) == only
    assert found(admin, who="grace", until=(today - datetime.timedelta(days=1)).isoformat()) == []
    assert found(admin, who="grace", since="nonsense", before="x") == only
    assert "No entries" in admin.get(PAGE, {"who": "nobody of this name"}).content.decode()


def test_before_and_after_in_plain_words_and_the_look_is_noted(admin: Any) -> None:
    patient = changed()
    [entry] = found(admin, who="grace")
    text = admin.get(reverse("chart:trail_entry", args=[entry.pk])).content.decode()
    for told in ("Town", "Lagos", "Abuja", "Grace Bello (receptionist)", patient.name):
        assert told in text
    noted = AuditEvent.objects.order_by("-id").first()
    assert (noted.action, noted.table_name, noted.patient_id) == ("read", "audit_auditevent", patient.pk)


def test_page_by_page_without_counting(admin: Any) -> None:
    for _each in range(14):
        changed()
    first = admin.get(PAGE).context
    assert first["has_older"]
    older = found(admin, before=str(first["entries"][-1].pk))
    assert older[0].pk == first["entries"][-1].pk - 1
    admin.get(PAGE)
    with CaptureQueriesContext(connection) as caught:
        admin.get(PAGE, {"patient": "okonkwo"})
    assert len(caught) <= 4


def test_a_sensitive_records_content_is_not_told(admin: Any) -> None:
    patient = PatientFactory()
    doctor = doctor_of(patient).member
    values = [{"name": "Test", "value": "positive", "unit": ""}]
    for sensitive in (True, False):
        title = "Kept apart" if sensitive else "Plain letter"
        facts = {"kind": "other", "title": title, "recorded_on": timezone.localdate(), "data": values}
        record = add_record(patient, by=doctor, is_sensitive=sensitive, **facts)
        entry = AuditEvent.objects.get(table_name="documents_healthrecord", row_id=record.pk, action="insert")
        text = admin.get(reverse("chart:trail_entry", args=[entry.pk])).content.decode()
        assert (title in text) is not sensitive


def test_the_trail_is_the_administrators(client_for: Browser) -> None:
    for member in (DoctorFactory().member, MemberFactory(), MemberFactory(role=Role.CAREGIVER)):
        assert client_for(member).get(PAGE).status_code == 403
