"""Health records: who files, reads and withdraws them, and whose they stay."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context
from PIL import Image

from clinic.audit.models import AuditEvent
from clinic.models import Refusal
from records.documents import services
from records.documents.intake import take_in
from records.documents.models import HealthRecord
from records.documents.models.file import MOST_FILES
from records.documents.storage import content_of, thumbnail_of
from tests.people import StaffFactory, with_login
from tests.records.documents.factories import GLUCOSE, PDF, filed, picture, sent
from tests.records.factories import begun
from tests.scheduling.factories import AppointmentFactory, PatientFactory, doctor_of

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]


def typed(*values: dict[str, str], **facts: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    rows = {
        f"values-{number}-{name}": text for number, row in enumerate(values) for name, text in row.items()
    }
    counted = {"values-TOTAL_FORMS": str(len(values)), "values-INITIAL_FORMS": "0"}
    today = timezone.localdate().isoformat()
    return {"kind": "lab_report", "title": "Blood count", "recorded_on": today, **counted, **rows, **facts}


def page_of(name: str, obj: Any) -> str:
    return reverse(f"documents:{name}", args=[obj.pk])


def test_a_doctor_files_a_record_from_a_consultation(client_for: Browser) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    page = reverse("documents:add_record", args=[consultation.patient_id])
    offered = browser.get(f"{page}?consultation={consultation.pk}")
    assert f'value="{consultation.pk}" selected' in offered.content.decode()
    files = [sent(picture("JPEG"), "x-ray.jpg"), sent(PDF, "letter.pdf")]
    answer = browser.send(
        page, typed(GLUCOSE, {"name": ""}, consultation=str(consultation.pk), uploads=files)
    )
    record = HealthRecord.objects.get()
    assert answer["Location"] == page_of("record", record)
    assert (record.patient_id, record.consultation) == (consultation.patient_id, consultation)
    assert record.data == [GLUCOSE]
    assert [file.name for file in record.files.all()] == ["x-ray.jpg", "letter.pdf"]
    read = browser.get(answer["Location"]).content.decode()
    assert "Glucose" in read
    assert "data:image/webp;base64," in read
    large = browser.get(f"{answer['Location']}?picture={record.files.first().pk}").content.decode()
    assert f'<img src="{page_of("record_file", record.files.first())}"' in large
    assert (
        "Blood count"
        in browser.get(
            reverse("documents:record_list", args=[record.patient_id]) + "?kind=lab_report"
        ).content.decode()
    )
    chart = browser.get(reverse("chart:chart", args=[record.patient_id])).content.decode()
    assert reverse("documents:record_list", args=[record.patient_id]) in chart


def test_a_visit_of_another_patient_cannot_be_chosen(client_for: Browser) -> None:
    consultation, patient = begun(), PatientFactory()
    AppointmentFactory(doctor=consultation.doctor, patient=patient)
    answer = client_for(consultation.doctor.member).send(
        page_of("add_record", patient), typed(GLUCOSE, consultation=str(consultation.pk))
    )
    assert "consultation" in answer.context["form"].errors
    assert not HealthRecord.objects.exists()


def test_what_was_typed_is_kept_and_the_files_are_asked_for_again(client_for: Browser) -> None:
    patient = PatientFactory()
    browser = client_for(doctor_of(patient).member)
    half = {"name": "Glucose", "value": "", "unit": "mg"}
    late = (timezone.localdate() + timedelta(days=1)).isoformat()
    answer = browser.send(page_of("add_record", patient), typed(half, uploads=[sent(PDF)]))
    text = answer.content.decode()
    assert 'value="Glucose"' in text
    assert "Choose the files again" in text
    answer = browser.send(page_of("add_record", patient), typed(GLUCOSE, recorded_on=late))
    assert "cannot lie in the future" in answer.content.decode()
    assert not HealthRecord.objects.exists()


def test_a_record_of_nothing_or_of_too_much_is_refused() -> None:
    with pytest.raises(Refusal, match="nothing to keep"):
        filed(data=[])
    with pytest.raises(Refusal, match="up to 60 values"):
        filed(data=[GLUCOSE] * 61)
    with pytest.raises(Refusal, match="Up to ten files"):
        filed(uploads=[sent(PDF)] * (MOST_FILES + 1))
    with pytest.raises(ValidationError, match="future"):
        filed(recorded_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(Refusal, match="before 1900"):
        filed(recorded_on=timezone.localdate().replace(year=1899))


@pytest.mark.parametrize("role", ["admin", "receptionist", "caregiver", "agent"])
def test_only_doctors_file_and_withdraw(role: str) -> None:
    somebody = StaffFactory(role=role)
    with pytest.raises(Refusal):
        filed(by=somebody)
    with pytest.raises(Refusal):
        services.withdraw_record(filed(), by=somebody, reason="x")


def test_a_withdrawn_record_is_marked_and_leaves_the_portal(client_for: Browser) -> None:
    patient = PatientFactory()
    record = filed(patient=patient, uploads=[sent(PDF)])
    own = client_for(with_login(patient.member) if not patient.member.user_id else patient.member)
    assert "Blood count" in own.get(reverse("documents:portal_records")).content.decode()
    assert own.get(page_of("record_file", record.files.get())).content == PDF
    browser = client_for(record.author)
    assert (
        "reason" in browser.send(page_of("withdraw_record", record), {"reason": " "}).context["form"].errors
    )
    browser.send(page_of("withdraw_record", record), {"reason": "Of somebody else"})
    assert "Of somebody else" in browser.get(page_of("record", record)).content.decode()
    assert "Blood count" not in own.get(reverse("documents:portal_records")).content.decode()
    assert own.get(page_of("record", record)).status_code == 404
    assert own.get(page_of("record_file", record.files.get())).status_code == 404
    with pytest.raises(Refusal):
        services.withdraw_record(record, by=record.author, reason="Again")


@pytest.mark.parametrize("role", ["admin", "receptionist", "caregiver", "agent", "patient"])
def test_a_sensitive_record_is_the_doctors_alone(
    client_for: Browser, audit_trail: Callable[[], list[AuditEvent]], role: str
) -> None:
    patient = PatientFactory()
    scan = sent(PDF, "Kept apart.pdf")
    record = filed(patient=patient, is_sensitive=True, uploads=[scan], title="Kept apart")
    # The name of a file goes with it wherever it is saved, and into the trail.
    assert record.files.get().name == "1.pdf"
    member = patient.member if role == "patient" else StaffFactory(role=role)
    browser = client_for(member if member.user_id else with_login(member))
    for page in (page_of("record", record), page_of("record_file", record.files.get())):
        assert browser.get(page).status_code in (403, 404)
    for address in (reverse("documents:record_list", args=[patient.pk]), reverse("documents:portal_records")):
        assert "Kept apart" not in browser.get(address).content.decode()
    if role == "admin":
        listed = browser.get(reverse("admin:documents_healthrecord_changelist", "clinic.urls"))
        assert "Kept apart" not in listed.content.decode()
        of_admin = reverse("admin:documents_healthrecord_change", "clinic.urls", [record.pk])
        assert browser.get(of_admin).status_code in (302, 404)
        audit_trail()
        entry = AuditEvent.objects.get(table_name="documents_healthrecord", action="insert")
        told = browser.get(reverse("admin:audit_auditevent_change", "clinic.urls", [entry.pk]))
        assert "the record is sensitive" in told.content.decode()
        assert "Kept apart" not in told.content.decode()
    assert client_for(record.author).get(page_of("record", record)).status_code == 200


@pytest.mark.parametrize("role", ["receptionist", "caregiver", "agent"])
def test_a_record_that_is_not_sensitive_is_not_the_desks_either(client_for: Browser, role: str) -> None:
    record = filed(uploads=[sent(PDF)])
    browser = client_for(with_login(StaffFactory(role=role)))
    for page in (page_of("record", record), page_of("record_file", record.files.get())):
        assert browser.get(page).status_code in (403, 404)


def test_another_patient_gets_nothing_by_its_key(client_for: Browser) -> None:
    record = filed(uploads=[sent(PDF)])
    other = PatientFactory().member
    browser = client_for(other if other.user_id else with_login(other))
    assert browser.get(page_of("record", record)).status_code == 404
    assert browser.get(page_of("record_file", record.files.get())).status_code == 404


def test_a_file_of_one_clinic_is_nothing_in_another(acme: Any, beta: Any, client_for: Browser) -> None:
    """Neither by its key nor, were its very row there, by its place."""
    file = filed(uploads=[sent(PDF)]).files.get()
    with tenant_context(beta):
        patient = PatientFactory()
        doctor = doctor_of(patient)
        browser = client_for(doctor.member, beta)
        assert browser.get(page_of("record_file", file)).status_code == 404
        theirs = filed(patient=patient, by=doctor.member)
        file.record, file.patient = theirs, patient
        file.save(force_insert=True)
        assert browser.get(page_of("record_file", file)).status_code == 409


def test_every_opening_is_in_the_trail_of_the_patient(
    client_for: Browser, audit_trail: Callable[[], list[AuditEvent]]
) -> None:
    record = filed(uploads=[sent(PDF)])
    browser = client_for(record.author)
    for address in (
        reverse("documents:record_list", args=[record.patient_id]),
        page_of("record", record),
        page_of("record_file", record.files.get()),
    ):
        browser.get(address)
    read = [entry for entry in audit_trail() if entry.action == "read"]
    assert {entry.patient_id for entry in read} == {record.patient_id}
    assert [entry.table_name for entry in read] == [
        "documents_recordfile",
        "documents_healthrecord",
        "members_patientprofile",
    ]


def test_metadata_of_a_photo_is_not_kept_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turned by a quarter
    exif[0x010E] = "Taken at home"
    file = filed(uploads=[sent(picture("JPEG", (40, 20), exif=exif), "p.jpg")]).files.get()
    content = content_of(file)
    assert b"Taken at home" not in content
    with Image.open(BytesIO(content)) as kept:
        assert kept.size == (20, 40)
        assert not kept.getexif()
    assert thumbnail_of(file)[8:12] == b"WEBP"


KINDS = ("PNG 1", "PNG L", "PNG LA", "PNG P", "PNG RGBA", "PNG I;16", "JPEG L", "JPEG CMYK", "WEBP RGBA")


@pytest.mark.parametrize("kind", KINDS)
def test_every_usual_kind_of_picture_is_kept(kind: str) -> None:
    drawn = BytesIO()
    Image.new(kind.split()[1], (30, 20)).save(drawn, kind.split()[0])
    taken = take_in(sent(drawn.getvalue(), "a.x"))
    assert taken.thumbnail
    with Image.open(BytesIO(taken.content)) as kept:
        assert kept.size == (30, 20)


def test_lists_cost_four_statements_at_most(client_for: Browser, django_assert_max_num_queries: Any) -> None:
    record = filed(uploads=[sent(PDF)])
    for _number in range(5):
        filed(patient=record.patient, by=record.author, uploads=[sent(PDF)])
    browser = client_for(record.author)
    address = reverse("documents:record_list", args=[record.patient_id])
    browser.get(address)
    # The session, the member, and the entry of the opening stand besides the page's own four.
    with django_assert_max_num_queries(4 + 5) as counted:
        browser.get(address)
    own = [query["sql"] for query in counted.captured_queries if "documents_" in query["sql"]]
    assert len(own) <= 2
