"""Handing out: what the check finds is answered, or the sheet stays a draft, in the database too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django_tenants.utils import schema_context

from accounts.members.roles import Role
from clinic.models import Refusal
from records import services
from records.models import Prescription, SafetyCheck, SafetyFinding
from records.services import Answer, Unanswered
from records.services import safety as checking
from records.terminology.models import Interaction, Substance
from tests.people import StaffFactory, with_login
from tests.records.factories import ARNICA, AllergyFactory, begun, drafted, handed_out

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
WARFARIN, IBUPROFEN = {"medicine": "Warfarin"}, {"medicine": "Ibuprofen 400 mg"}
AMOXICILLIN, UNKNOWN = {"medicine": "Amoxicillin"}, {"medicine": "Xyzolin"}


def hand_out(draft: Prescription, *answers: Answer) -> Prescription:
    """Hand out with the same answers to everything found, in turn."""
    findings = services.check_prescription(draft).findings
    told = answers * len(findings) if len(answers) == 1 else answers
    overrides = {found.key: answer for found, answer in zip(findings, told, strict=False)}
    return services.activate_prescription(draft, by=draft.doctor.member, overrides=overrides)


def allergic(substance: str, *items: dict[str, str]) -> Prescription:
    consultation = begun()
    AllergyFactory(patient=consultation.patient, substance=substance)
    return drafted(consultation, *items)


def refused(draft: Prescription, *answers: Answer) -> bool:
    with pytest.raises(Unanswered):
        hand_out(draft, *answers)
    draft.refresh_from_db()
    return draft.is_draft and not SafetyCheck.objects.exists()


def test_a_clear_sheet_is_handed_out_with_its_check() -> None:
    prescription = handed_out()
    check = prescription.safety_checks.get()
    assert (check.checked_by, check.findings_count) == (prescription.doctor.member, 0)


def test_a_hard_stop_needs_a_reason_and_a_tick() -> None:
    draft = allergic("Penicillin", AMOXICILLIN)
    assert refused(draft)
    assert refused(draft, Answer("He has had it since without harm"))
    assert refused(draft, Answer("  ", True))
    handed = hand_out(draft, Answer("He has had it since without harm", True))
    finding = handed.safety_checks.get().findings.get()
    assert (finding.level, finding.reason) == ("stop", "He has had it since without harm")
    assert "Allergic to Penicillin: Amoxicillin" in finding.text


def test_a_warning_needs_a_reason() -> None:
    draft = drafted(None, WARFARIN, IBUPROFEN)
    assert refused(draft)
    assert refused(draft, Answer("", True))
    assert hand_out(draft, Answer("Three days only, INR on Friday")).activated_at


def test_what_is_not_checked_needs_to_be_seen() -> None:
    draft = drafted(None, UNKNOWN)
    assert refused(draft)
    assert hand_out(draft, Answer("", True)).activated_at


def test_each_finding_needs_its_own_answer() -> None:
    draft = drafted(None, WARFARIN, IBUPROFEN, UNKNOWN)
    assert refused(draft, Answer("Three days only"), Answer("Three days only"))


def test_a_note_asks_for_nothing() -> None:
    handed = hand_out(drafted(None, {"medicine": "Iron"}, {"medicine": "Zinc"}))
    assert handed.safety_checks.get().findings.get().level == "note"


def test_what_the_patient_takes_already_is_looked_at() -> None:
    consultation = begun()
    hand_out(drafted(consultation, WARFARIN))
    draft = drafted(consultation, IBUPROFEN)
    assert services.check_prescription(draft).findings[0].subjects == (
        "Ibuprofen 400 mg",
        "Warfarin (taken already)",
    )
    assert refused_again(draft)
    services.stop_prescription(
        consultation.prescriptions.get(status="active"), by=consultation.doctor.member, reason="Changed"
    )
    assert hand_out(draft).activated_at


def refused_again(draft: Prescription) -> bool:
    with pytest.raises(Unanswered):
        hand_out(draft)
    return True


@pytest.mark.parametrize("model", [Substance, Interaction])
def test_empty_lists_stop_the_sheet_loudly(model: Any) -> None:
    with schema_context("public"):
        model.objects.all().delete()
    draft = drafted(None, ARNICA)
    found = services.check_prescription(draft).findings[0]
    assert (found.key, found.level) == ("nothing", "stop")
    assert refused(draft)
    assert refused(draft, Answer("", True))


@pytest.mark.parametrize("broken", ["known_of", "check"])
def test_a_check_that_crashes_stops_the_sheet_loudly(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def crash(*args: Any, **kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(checking, broken, crash)
    draft = drafted()
    assert [found.key for found in services.check_prescription(draft).findings] == ["crashed"]
    assert refused(draft)
    handed = hand_out(draft, Answer("Looked up in the book", True))
    assert "Nothing was checked" in handed.safety_checks.get().findings.get().text


def test_what_was_read_is_what_is_handed_out() -> None:
    draft = drafted()
    covers = services.check_prescription(draft).covers
    AllergyFactory(patient=draft.patient, substance="Peanuts")
    with pytest.raises(Unanswered, match="Look again"):
        services.activate_prescription(draft, by=draft.doctor.member, covers=covers)


def run(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def activate(draft: Prescription) -> None:
    """As the site's own role would, past every page and service."""
    run("UPDATE records_prescription SET status = 'active', activated_at = now() WHERE id = %s", draft.pk)


def checked(draft: Prescription, count: int = 0) -> SafetyCheck:
    """A check of the sheet as it is now, stored without handing it out."""
    return SafetyCheck.objects.create(
        prescription=draft,
        patient=draft.patient,
        covers=services.check_prescription(draft).covers,
        findings_count=count,
    )


def test_raw_sql_hands_out_nothing_that_was_not_checked() -> None:
    draft = drafted()
    with pytest.raises(IntegrityError, match="not checked as it is now"):
        activate(draft)
    checked(draft)
    activate(draft)


def change_items(draft: Prescription) -> None:
    draft.items.update(medicine="Warfarin")


def change_potency(draft: Prescription) -> None:
    draft.items.update(potency="1 g")


def add_allergy(draft: Prescription) -> None:
    AllergyFactory(patient=draft.patient)


def take_another(draft: Prescription) -> None:
    handed_out(begun(patient=draft.patient))


@pytest.mark.parametrize("change", [change_items, change_potency, add_allergy, take_another])
def test_raw_sql_hands_out_nothing_that_changed_since_the_check(change: Callable[..., None]) -> None:
    draft = drafted()
    checked(draft)
    change(draft)
    with pytest.raises(IntegrityError, match="not checked as it is now"):
        activate(draft)


def test_raw_sql_hands_out_nothing_with_findings_left_out() -> None:
    draft = drafted()
    checked(draft, count=1)
    with pytest.raises(IntegrityError, match="not checked as it is now"):
        activate(draft)


@pytest.mark.parametrize(
    ("level", "reason", "seen"),
    [("stop", "", True), ("stop", "Why", False), ("warn", "", True), ("unchecked", "Why", False)],
)
def test_a_finding_is_not_stored_without_its_answer(level: str, reason: str, seen: bool) -> None:
    check = checked(drafted(), count=1)
    with pytest.raises(IntegrityError, match="safety_finding_answered"), transaction.atomic():
        SafetyFinding.objects.create(
            safety_check=check,
            patient_id=check.patient_id,
            position=1,
            level=level,
            key="x",
            text="x",
            reason=reason,
            is_acknowledged=seen,
        )


CHECKED_AFTERWARDS = (
    "INSERT INTO records_safetycheck (id, created_at, prescription_id, patient_id, covers, findings_count) "
    "SELECT gen_random_uuid(), now(), prescription_id, patient_id, covers, 0 FROM records_safetycheck"
)
FOUND_AFTERWARDS = (
    "INSERT INTO records_safetyfinding (id, created_at, safety_check_id, patient_id, position, level, key, "
    "text, reason, is_acknowledged) SELECT gen_random_uuid(), now(), id, patient_id, 9, 'note', '', '', '', "
    "false FROM records_safetycheck"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_safetycheck SET covers = repeat('0', 64)",
        "DELETE FROM records_safetyfinding",
        "UPDATE records_safetyfinding SET reason = 'other'",
        "DELETE FROM records_safetycheck",
        CHECKED_AFTERWARDS,
        FOUND_AFTERWARDS,
    ],
)
def test_what_was_found_and_answered_stays(statement: str) -> None:
    hand_out(drafted(None, WARFARIN, IBUPROFEN), Answer("Three days only"))
    with pytest.raises(IntegrityError, match=r"never change|not checked afterwards"):
        run(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_safetyfinding SET text = 'other'",
        "DELETE FROM records_safetyfinding",
        "UPDATE records_safetycheck SET findings_count = 0",
        "DELETE FROM records_safetycheck",
    ],
)
def test_a_check_does_not_change_while_the_sheet_is_a_draft(statement: str) -> None:
    check = checked(drafted(), count=1)
    SafetyFinding.objects.create(
        safety_check=check, patient_id=check.patient_id, position=1, level="note", key="x", text="x"
    )
    with pytest.raises(IntegrityError, match="never changes"):
        run(statement)


def test_a_check_is_of_the_sheets_own_patient() -> None:
    statement = (
        "INSERT INTO records_safetycheck (id, created_at, prescription_id, patient_id, covers, "
        "findings_count) VALUES (gen_random_uuid(), now(), %s, %s, repeat('0', 64), 0)"
    )
    draft = drafted()
    run(statement, draft.pk, draft.patient_id)
    with pytest.raises(IntegrityError, match="safety_check_prescription_patient"):
        run(statement, draft.pk, drafted().patient_id)


def test_overrides_are_in_the_trail(audit_trail: Callable[[], list[Any]]) -> None:
    hand_out(drafted(None, WARFARIN, IBUPROFEN), Answer("Three days only, INR on Friday"))
    entries = [entry for entry in audit_trail() if entry.table_name == "records_safetyfinding"]
    assert entries[0].new["reason"] == "Three days only, INR on Friday"


# --- The pages -----------------------------------------------------------------------------------------


def sheet(draft: Prescription, verb: str = "prescription") -> str:
    return reverse(f"records:{verb}", args=[draft.pk])


def fields(page: Any) -> dict[str, str]:
    """Every answer the form asks for, given."""
    names = [name for name in page.context["form"].fields if name != "covers"]
    given = {name: "Weighed and wanted" if name.startswith("reason") else "on" for name in names}
    return {**given, "covers": page.context["form"].safety.covers}


def test_the_page_shows_what_was_found_and_takes_the_answers(client_for: Browser) -> None:
    draft = allergic("Penicillin", AMOXICILLIN, WARFARIN, IBUPROFEN, UNKNOWN)
    browser = client_for(draft.doctor.member)
    page = browser.get(sheet(draft))
    for said in ("Allergic to Penicillin", "Taken together", "SmPC of warfarin", "Not checked"):
        assert said in page.content.decode()
    again = browser.send(sheet(draft, "activate_prescription"), {"covers": fields(page)["covers"]})
    assert again.status_code == 200
    assert "Say why." in again.content.decode()
    half = {name: value for name, value in fields(page).items() if not name.startswith("tick")}
    kept = browser.send(sheet(draft, "activate_prescription"), half)
    assert "Weighed and wanted" in kept.content.decode()
    done = browser.send(sheet(draft, "activate_prescription"), fields(page))
    assert done["Location"] == sheet(draft)
    assert "Weighed and wanted" in browser.get(sheet(draft)).content.decode()


def test_a_clear_sheet_says_so_and_needs_one_press(client_for: Browser) -> None:
    draft = drafted()
    browser = client_for(draft.doctor.member)
    page = browser.get(sheet(draft))
    assert "Checked: nothing found." in page.content.decode()
    assert browser.send(sheet(draft, "activate_prescription"), fields(page)).status_code == 302


def test_what_changed_since_it_was_read_is_shown_again(client_for: Browser) -> None:
    draft = drafted(None, AMOXICILLIN)
    browser = client_for(draft.doctor.member)
    sent = fields(browser.get(sheet(draft)))
    AllergyFactory(patient=draft.patient, substance="Peanuts")
    again = browser.send(sheet(draft, "activate_prescription"), sent)
    assert "Look again" in again.content.decode()
    assert browser.send(sheet(draft, "activate_prescription"), fields(again)).status_code == 302


def test_while_writing_the_check_stands_beside_the_text(client_for: Browser) -> None:
    draft = drafted(None, WARFARIN, IBUPROFEN)
    browser = client_for(draft.doctor.member)
    beside = sheet(draft, "check_prescription")
    assert beside in browser.get(sheet(draft, "save_prescription")).content.decode()
    part = browser.get(beside, headers={"HX-Request": "true"})
    assert "Taken together" in part.content.decode()
    assert browser.get(beside)["Location"] == sheet(draft)


def test_the_patient_sees_the_sheet_and_no_findings(client_for: Browser) -> None:
    handed = hand_out(drafted(None, WARFARIN, IBUPROFEN), Answer("Weighed and wanted"))
    text = client_for(handed.patient.member).get(sheet(handed)).content.decode()
    assert "Weighed and wanted" not in text
    assert "Taken together" not in text


def test_administrators_read_the_check_in_the_admin(client_for: Browser) -> None:
    handed = hand_out(drafted(None, WARFARIN, IBUPROFEN), Answer("Weighed and wanted"))
    admin = StaffFactory(role=Role.ADMIN)
    page = reverse("admin:records_safetycheck_change", args=[handed.safety_checks.get().pk])
    assert "Weighed and wanted" in client_for(with_login(admin)).get(page).content.decode()


def test_nobody_else_hands_out() -> None:
    draft = drafted()
    with pytest.raises(Refusal):
        services.activate_prescription(draft, by=StaffFactory(role=Role.ADMIN))
