"""The pages of records: who opens them, what they keep, what they leave in the trail."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.members.roles import Role
from records import services
from records.models import Consultation, Prescription
from tests.records.factories import (
    ARNICA,
    AllergyFactory,
    AppointmentFactory,
    begun,
    drafted,
    handed_out,
    signed,
)
from tests.scheduling.factories import DoctorFactory, MemberFactory, PatientFactory

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]


def address(name: str, pk: Any) -> str:
    """Where a record is shown: the whole of it is a room of its own."""
    return reverse("chart:chart" if name == "chart" else f"records:{name}", args=[pk])


def rows(*items: dict[str, str], total: int | None = None, revision: int = 1) -> dict[str, str]:
    """The fields of the prescription's rows as a browser sends them, of a draft that was saved once."""
    data = {"items-TOTAL_FORMS": str(total or len(items)), "items-INITIAL_FORMS": "0", "notes": ""}
    data["revision"] = str(revision)
    for number, item in enumerate(items):
        data |= {f"items-{number}-{name}": text for name, text in item.items()}
    return data


def test_a_doctor_writes_signs_and_adds(client_for: Browser) -> None:
    visit = AppointmentFactory()
    browser = client_for(visit.doctor.member)
    started = browser.send(reverse("records:start_consultation", args=[visit.pk]))
    consultation = Consultation.objects.get(appointment=visit)
    page = reverse("records:consultation", args=[consultation.pk])
    assert started["Location"] == page
    save = reverse("records:save_consultation", args=[consultation.pk])
    saved = browser.send(
        save, {"complaints": "Cough", "duration_minutes": "20", "then": "sign", "revision": "0"}
    )
    assert saved["Location"] == reverse("records:sign_consultation", args=[consultation.pk])
    assert "Cough" in browser.get(saved["Location"]).content.decode()
    browser.send(saved["Location"])
    browser.send(reverse("records:add_addendum", args=[consultation.pk]), {"text": "X-ray: clear."})
    read = browser.get(page).content.decode()
    assert "Cough" in read
    assert "X-ray: clear." in read
    assert "Signed by" in read


def test_bad_input_is_kept_and_nothing_is_stored(client_for: Browser) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    answer = browser.send(
        reverse("records:save_consultation", args=[consultation.pk]),
        {
            "complaints": "Typed with care",
            "duration_minutes": "9000",
            "follow_up_on": "2001-01-01",
            "revision": "1",
        },
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Typed with care" in text
    assert "9000" in text
    assert {"duration_minutes", "follow_up_on"} <= set(answer.context["form"].errors)
    consultation.refresh_from_db()
    assert consultation.complaints == "Headache for two days"


def test_a_signed_consultation_is_refused_by_its_page(client_for: Browser) -> None:
    consultation = signed()
    browser = client_for(consultation.doctor.member)
    answer = browser.send(reverse("records:save_consultation", args=[consultation.pk]), {"plan": "Other"})
    assert "does not change any more" in answer.content.decode()
    consultation.refresh_from_db()
    assert consultation.plan == ""


def test_an_empty_addendum_is_refused_beside_its_field(client_for: Browser) -> None:
    consultation = signed()
    browser = client_for(consultation.doctor.member)
    answer = browser.send(reverse("records:add_addendum", args=[consultation.pk]), {"text": "  "})
    assert "text" in answer.context["form"].errors


def test_cancelling_from_the_page(client_for: Browser) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    page = reverse("records:cancel_consultation", args=[consultation.pk])
    assert "reason" in browser.send(page, {"reason": ""}).context["form"].errors
    assert browser.send(page, {"reason": "Wrong patient"}).status_code == 302
    assert (
        "Wrong patient"
        in browser.get(reverse("records:consultation", args=[consultation.pk])).content.decode()
    )


def test_a_doctor_prescribes_row_by_row(client_for: Browser) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    editor = browser.send(reverse("records:prescribe", args=[consultation.pk]))["Location"]
    more = browser.send(editor, {**rows(ARNICA, revision=0), "then": "row"})
    assert more["Location"].startswith(f"{editor}?rows=2")
    form = browser.get(f"{editor}?rows=2").context["form"]
    assert form.items.total_form_count() == 2
    checked = browser.send(
        editor, {**rows(ARNICA, {"medicine": "Rhus tox", "potency": "30C"}), "then": "check"}
    )
    prescription = Prescription.objects.get(consultation=consultation)
    sheet = reverse("records:prescription", args=[prescription.pk])
    assert checked["Location"] == sheet
    browser.send(reverse("records:activate_prescription", args=[prescription.pk]))
    prescription.refresh_from_db()
    assert prescription.activated_at
    assert "Rhus tox" in browser.get(sheet).content.decode()


def test_a_row_without_a_medicine_keeps_what_was_typed(client_for: Browser) -> None:
    draft = drafted()
    browser = client_for(draft.doctor.member)
    answer = browser.send(
        reverse("records:save_prescription", args=[draft.pk]),
        rows(ARNICA, {"dosage": "two drops"}, {"medicine": ""}),
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "two drops" in text
    assert "Name the medicine" in text
    assert draft.items.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (rows({"medicine": "Zinc\r\n40 mg"}), "Write this on one line"),
        (rows(total=-1), "did not arrive whole"),
    ],
)
def test_a_medicine_is_one_line_and_no_row_gets_lost(
    sent: dict[str, str], sentence: str, client_for: Browser
) -> None:
    draft = drafted()
    browser = client_for(draft.doctor.member)
    answer = browser.send(reverse("records:save_prescription", args=[draft.pk]), sent)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert draft.items.get().medicine == ARNICA["medicine"]


def test_removed_and_cleared_rows_go(client_for: Browser) -> None:
    draft = drafted(None, ARNICA, {"medicine": "Rhus tox"}, {"medicine": "Bryonia"})
    browser = client_for(draft.doctor.member)
    sent = rows({**ARNICA, "DELETE": "on"}, {"medicine": ""}, {"medicine": "Bryonia"})
    browser.send(reverse("records:save_prescription", args=[draft.pk]), {**sent, "items-INITIAL_FORMS": "3"})
    assert [item.medicine for item in draft.items.all()] == ["Bryonia"]


def test_the_added_row_carries_its_number(client_for: Browser) -> None:
    browser = client_for(DoctorFactory().member)
    text = browser.get(reverse("records:prescription_row", args=[4])).content.decode()
    assert 'name="items-4-medicine"' in text
    assert 'name="items-TOTAL_FORMS" id="id_items-TOTAL_FORMS" value="5"' in text


def test_stopping_from_the_page(client_for: Browser) -> None:
    prescription = handed_out()
    browser = client_for(prescription.doctor.member)
    page = reverse("records:stop_prescription", args=[prescription.pk])
    assert "reason" in browser.send(page, {"reason": ""}).context["form"].errors
    browser.send(page, {"reason": "Rash"})
    prescription.refresh_from_db()
    assert prescription.stop_reason == "Rash"


def test_allergies_are_in_sight_while_writing(client_for: Browser) -> None:
    draft = drafted()
    AllergyFactory(patient=draft.patient, substance="Penicillin")
    browser = client_for(draft.doctor.member)
    for name, pk in (
        ("consultation", draft.consultation_id),
        ("save_prescription", draft.pk),
        ("chart", draft.patient_id),
    ):
        assert "Penicillin" in browser.get(address(name, pk)).content.decode()


def test_reception_sees_no_clinical_content(client_for: Browser) -> None:
    prescription = handed_out()
    browser = client_for(MemberFactory(role=Role.RECEPTIONIST))
    for name, pk in (
        ("chart", prescription.patient_id),
        ("consultation", prescription.consultation_id),
        ("prescription", prescription.pk),
        ("prescription_pdf", prescription.pk),
        ("save_prescription", prescription.pk),
    ):
        assert browser.get(address(name, pk)).status_code == 403
    for name, pk in (
        ("start_walk_in", prescription.patient_id),
        ("sign_consultation", prescription.consultation_id),
    ):
        assert browser.send(address(name, pk)).status_code == 403


def test_patients_see_their_own_and_only_what_was_handed_out(client_for: Browser) -> None:
    own, others, draft = handed_out(), handed_out(), drafted()
    draft_of_own = drafted(begun(patient=own.patient))
    browser = client_for(own.patient.member)
    text = browser.get(reverse("records:portal_prescriptions")).content.decode()
    assert str(own.pk) in text
    for unseen in (others, draft, draft_of_own):
        assert str(unseen.pk) not in text
        for name in ("prescription", "prescription_pdf"):
            assert browser.get(reverse(f"records:{name}", args=[unseen.pk])).status_code == 404
    assert browser.get(reverse("records:prescription", args=[own.pk])).status_code == 200
    assert browser.get(reverse("chart:chart", args=[own.patient_id])).status_code == 403


def test_a_colleague_reads_but_does_not_write(client_for: Browser) -> None:
    draft = drafted()
    colleague = DoctorFactory().member
    services.break_glass(draft.patient, by=colleague, reason="On duty for a colleague")
    browser = client_for(colleague)
    page = browser.get(reverse("records:consultation", args=[draft.consultation_id]))
    assert page.status_code == 200
    assert "Not signed yet" in page.content.decode()
    for name, pk in (
        ("save_consultation", draft.consultation_id),
        ("sign_consultation", draft.consultation_id),
        ("prescribe", draft.consultation_id),
        ("save_prescription", draft.pk),
        ("activate_prescription", draft.pk),
    ):
        assert browser.send(address(name, pk)).status_code == 404


def test_each_opening_is_in_the_trail(client_for: Browser, audit_trail: Callable[[], list[Any]]) -> None:
    prescription = handed_out(signed())
    browser = client_for(prescription.doctor.member)
    opened = (
        ("chart", prescription.patient_id, "members_patientprofile"),
        ("consultation", prescription.consultation_id, "records_consultation"),
        ("prescription", prescription.pk, "records_prescription"),
        ("prescription_pdf", prescription.pk, "records_prescription"),
    )
    for name, pk, table in opened:
        with connection.cursor() as cursor:
            # The entry is made when the request commits; here the test's transaction goes on.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        browser.get(address(name, pk))
        entry = audit_trail()[0]
        assert (entry.action, entry.table_name, entry.row_id) == ("read", table, str(pk))
        assert entry.patient_id == prescription.patient_id
        assert entry.actor_id == str(prescription.doctor_id)


def test_the_chart_tells_everything(client_for: Browser) -> None:
    prescription = handed_out(signed())
    services.add_addendum(prescription.consultation, by=prescription.doctor.member, text="More.")
    text = (
        client_for(prescription.doctor.member)
        .get(reverse("chart:chart", args=[prescription.patient_id]))
        .content.decode()
    )
    for told in ("Tension headache", "Arnica montana", "More.", prescription.doctor.name):
        assert told in text


def many(number: int, doctor: Any, patient: Any) -> None:
    """So many signed consultations with a prescription and an addendum, all of one patient."""
    for _each in range(number):
        prescription = handed_out(signed(doctor=doctor, patient=patient))
        services.add_addendum(prescription.consultation, by=doctor.member, text="More.")


def test_queries_do_not_grow(client_for: Browser) -> None:
    doctor, patient = DoctorFactory(), PatientFactory()
    reads, looks = client_for(doctor.member), client_for(patient.member)
    most = {
        (reads, address("chart", patient.pk)): 10,
        (reads, reverse("records:consultation_list")): 4,
        (looks, reverse("records:portal_prescriptions")): 6,
    }
    counts: dict[str, list[int]] = {listed: [] for _browser, listed in most}
    for browser, listed in most:
        browser.get(listed)
    for number in (1, 19):
        many(number, doctor, patient)
        for (browser, listed), highest in most.items():
            with CaptureQueriesContext(connection) as caught:
                assert browser.get(listed).status_code == 200
            assert len(caught) <= highest, [query["sql"] for query in caught]
            counts[listed].append(len(caught))
    assert all(few == with_many for few, with_many in counts.values()), counts
