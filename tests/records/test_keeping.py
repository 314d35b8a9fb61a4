"""What is typed is kept while it is typed, and nobody overwrites what nobody has shown them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import F
from django.urls import reverse

from clinic.models import Refusal
from records import services
from records.models import Consultation, Prescription
from records.services import Overtaken
from tests.records.factories import ARNICA, begun, drafted, handed_out, signed
from tests.records.test_pages import rows
from tests.scheduling.factories import DoctorFactory

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]


def page(name: str, consultation: Consultation, *more: Any) -> str:
    return reverse(f"records:{name}", args=[consultation.pk, *more])


def typed(consultation: Consultation, **changed: Any) -> dict[str, Any]:
    """The form as it was opened, with what is typed into it."""
    shown = {name: getattr(consultation, name) or "" for name in Consultation.WRITTEN}
    return {**shown, "revision": str(consultation.revision), **changed}


def test_each_change_is_a_revision_and_no_change_is_none() -> None:
    consultation = begun()
    by = consultation.doctor.member
    first = consultation.revision
    assert services.save_consultation(consultation, by=by, plan="Rest").revision == first + 1
    assert services.save_consultation(consultation, by=by, plan="Rest").revision == first + 1


def test_who_has_not_seen_the_latest_text_does_not_overwrite_it() -> None:
    consultation = begun()
    by, seen = consultation.doctor.member, consultation.revision
    services.save_consultation(consultation, by=by, revision=seen, plan="Rest")
    with pytest.raises(Overtaken) as refused:
        services.save_consultation(consultation, by=by, revision=seen, plan="Run")
    assert refused.value.stored.plan == "Rest"
    # The same text from the other window is no quarrel.
    services.save_consultation(consultation, by=by, revision=seen, plan="Rest")


@pytest.mark.parametrize(
    "change",
    [{"plan": "Run"}, {"plan": "Run", "revision": F("revision") + 2}, {"revision": F("revision") + 1}],
)
def test_the_database_knows_when_somebody_has_not_read_the_text(change: dict[str, Any]) -> None:
    consultation = begun()
    with pytest.raises(DatabaseError, match="changed meanwhile"):
        Consultation.objects.filter(pk=consultation.pk).update(**change)


def test_what_is_being_typed_is_kept(client_for: Browser) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    answer = browser.send(page("keep_consultation", consultation), typed(consultation, plan="Rest"))
    assert answer["Location"] == page("kept_consultation", consultation, consultation.revision + 1)
    assert f'data-revision="{consultation.revision + 1}"' in browser.get(answer["Location"]).content.decode()
    consultation.refresh_from_db()
    assert consultation.plan == "Rest"


def test_what_is_half_typed_keeps_nothing_else_from_being_kept(client_for: Browser) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    half = typed(consultation, plan="Rest", duration_minutes="9000", follow_up_on="2001-01-01")
    assert browser.send(page("keep_consultation", consultation), half).status_code == 302
    consultation.refresh_from_db()
    assert (consultation.plan, consultation.duration_minutes, consultation.follow_up_on) == (
        "Rest",
        None,
        None,
    )


@pytest.mark.parametrize("revision", ["", "x", "²", "9" * 20])
def test_a_revision_that_never_was_keeps_nothing(client_for: Browser, revision: str) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    sent = typed(consultation, plan="Run", revision=revision)
    answer = browser.send(page("keep_consultation", consultation), sent)
    assert answer.status_code == 409
    assert "another window" in answer.content.decode()


def test_what_is_closed_is_not_kept_and_says_so(client_for: Browser) -> None:
    consultation = signed()
    browser = client_for(consultation.doctor.member)
    answer = browser.send(page("keep_consultation", consultation), typed(consultation, plan="Run"))
    assert answer.status_code == 409
    assert "does not change any more" in answer.content.decode()


def test_the_second_save_shows_both_versions_and_loses_neither(client_for: Browser) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    save = page("save_consultation", consultation)
    opened = typed(consultation)
    browser.send(save, {**opened, "plan": "Rest for a week"})
    answer = browser.send(save, {**opened, "plan": "Run every day", "notes": "Well"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Two versions" in shown
    assert "Rest for a week" in shown
    assert "Run every day" in shown
    consultation.refresh_from_db()
    assert consultation.plan == "Rest for a week"
    # Having seen both, the doctor decides.
    revision = str(answer.context["revision"])
    browser.send(save, {**opened, "plan": "Rest, then run", "notes": "Well", "revision": revision})
    consultation.refresh_from_db()
    assert (consultation.plan, consultation.notes) == ("Rest, then run", "Well")


def test_an_addendum_is_kept_until_it_is_added(client_for: Browser) -> None:
    consultation = signed()
    browser, read = client_for(consultation.doctor.member), page("consultation", consultation)
    answer = browser.send(page("keep_addendum", consultation), {"text": "X-ray:", "revision": "0"})
    assert 'data-revision="1"' in browser.get(answer["Location"]).content.decode()
    opened = browser.get(read).content.decode()
    assert "X-ray:</textarea>" in opened
    assert 'name="revision" value="1"' in opened
    browser.send(page("add_addendum", consultation), {"text": "X-ray: clear.", "revision": "1"})
    assert [addendum.text for addendum in consultation.addenda.all()] == ["X-ray: clear."]
    assert "X-ray:</textarea>" not in browser.get(read).content.decode()


def test_two_windows_lose_no_addendum(client_for: Browser) -> None:
    consultation = signed()
    browser, keep = client_for(consultation.doctor.member), page("keep_addendum", consultation)
    browser.send(keep, {"text": "First", "revision": "0"})
    refused = browser.send(keep, {"text": "Second", "revision": "0"})
    assert refused.status_code == 409
    assert "press Add to go on" in refused.content.decode()
    browser.send(page("add_addendum", consultation), {"text": "Second", "revision": "0"})
    assert "First</textarea>" in browser.get(page("consultation", consultation)).content.decode()


def test_no_colleague_writes_an_addendum_and_none_is_kept_before_the_signature() -> None:
    consultation, colleague = signed(), DoctorFactory().member
    with pytest.raises(Refusal):
        services.keep_addendum(consultation, by=colleague, text="x")
    unsigned = begun()
    with pytest.raises(Refusal, match="Only a signed"):
        services.keep_addendum(unsigned, by=unsigned.doctor.member, text="x")


def test_each_change_of_a_draft_is_a_revision_its_lines_included() -> None:
    draft = drafted()
    by, first = draft.doctor.member, draft.revision
    for items, after in (([ARNICA], 0), ([ARNICA, {"medicine": "Rhus tox"}], 1), ([ARNICA], 2)):
        stored = services.save_prescription(draft, by=by, notes="", items=items)
        assert stored.revision == first + after
    assert services.save_prescription(draft, by=by, notes="Rest", items=[ARNICA]).revision == first + 3


def test_who_has_not_seen_the_latest_lines_does_not_overwrite_them() -> None:
    draft = drafted()
    by, seen = draft.doctor.member, draft.revision
    changed = [{**ARNICA, "potency": "200C"}]
    services.save_prescription(draft, by=by, notes="", items=changed, revision=seen)
    with pytest.raises(Overtaken) as refused:
        services.save_prescription(draft, by=by, notes="", items=[], revision=seen)
    assert [str(item) for item in refused.value.stored.items.all()] == ["Arnica montana 200C"]
    # The same lines from the other window are no quarrel.
    services.save_prescription(draft, by=by, notes="", items=changed, revision=seen)


@pytest.mark.parametrize("change", [{"notes": "Run"}, {"revision": F("revision") + 2}])
def test_the_database_knows_when_somebody_has_not_read_a_draft(change: dict[str, Any]) -> None:
    draft = drafted()
    with pytest.raises(DatabaseError, match="changed meanwhile"):
        Prescription.objects.filter(pk=draft.pk).update(**change)


def test_a_sheet_handed_out_has_its_last_revision() -> None:
    given = handed_out()
    with pytest.raises(DatabaseError):
        Prescription.objects.filter(pk=given.pk).update(
            revision=given.revision + 1,
            status="stopped",
            stopped_at=given.activated_at,
            stop_reason="x",
            ended_by=given.doctor_id,
        )


def sheet(draft: Prescription, *items: dict[str, str], **more: str) -> dict[str, str]:
    """The rows of the page as it was opened, with what is typed into them."""
    return {**rows(*items, revision=draft.revision), **more}


def test_the_lines_of_a_draft_are_kept_while_they_are_typed(client_for: Browser) -> None:
    draft = drafted()
    browser = client_for(draft.doctor.member)
    sent = sheet(draft, ARNICA, {"medicine": "Rhus tox"}, {"dosage": "two drops"}, notes="Rest")
    answer = browser.send(reverse("records:keep_prescription", args=[draft.pk]), sent)
    told = browser.get(answer["Location"]).content.decode()
    assert f'data-revision="{draft.revision + 1}"' in told
    assert "A row without a medicine is not saved yet." in told
    draft.refresh_from_db()
    assert [str(item) for item in draft.items.all()] == ["Arnica montana 30C", "Rhus tox"]
    assert draft.notes == "Rest"


NOT_WHOLE = [{"revision": "7"}, {"revision": ""}, {"items-TOTAL_FORMS": "x"}]


@pytest.mark.parametrize("broken", NOT_WHOLE)
def test_what_was_not_read_or_not_sent_whole_keeps_nothing(
    broken: dict[str, str], client_for: Browser
) -> None:
    draft = drafted()
    sent = sheet(draft, {"medicine": "Rhus tox"}) | broken
    keep = reverse("records:keep_prescription", args=[draft.pk])
    assert client_for(draft.doctor.member).send(keep, sent).status_code == 409
    assert [str(item) for item in draft.items.all()] == ["Arnica montana 30C"]


def test_a_sheet_handed_out_is_not_kept_any_more(client_for: Browser) -> None:
    given = handed_out()
    keep = reverse("records:keep_prescription", args=[given.pk])
    answer = client_for(given.doctor.member).send(keep, sheet(given))
    assert answer.status_code == 409
    assert "does not change any more" in answer.content.decode()


def test_of_two_windows_the_second_is_shown_both_sheets_and_may_keep_both(client_for: Browser) -> None:
    draft = drafted()
    browser = client_for(draft.doctor.member)
    save = reverse("records:save_prescription", args=[draft.pk])
    browser.send(save, sheet(draft, ARNICA, {"medicine": "Rhus tox"}, notes="Rest"))
    mine = (ARNICA, {"medicine": "Bryonia"})
    shown = browser.send(save, sheet(draft, *mine, notes="Drink"))
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "Two versions" in text
    assert "Rhus tox" in text
    # Typing goes on only when somebody has decided.
    assert "data-keep" not in text
    assert draft.items.count() == 2
    revision = str(shown.context["revision"])
    browser.send(save, sheet(draft, *mine, notes="Drink", revision=revision, then="both"))
    draft.refresh_from_db()
    assert [item.medicine for item in draft.items.all()] == ["Arnica montana", "Bryonia", "Rhus tox"]
    assert draft.notes == "Drink\nRest"
