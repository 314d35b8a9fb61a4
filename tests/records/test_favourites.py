"""What a doctor prescribes again and again: favourites, and the patient's last prescription."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from clinic.models import Refusal
from records import services
from records.models import Favourite, Prescription
from tests.records.factories import ARNICA, begun, drafted, handed_out
from tests.records.test_pages import rows
from tests.scheduling.factories import DoctorFactory, MemberFactory

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
BRYONIA = {"medicine": "Bryonia", "potency": "200C"}


def names(draft: Prescription) -> list[str]:
    return [str(item) for item in Prescription.objects.get(pk=draft.pk).items.all()]


def test_a_favourite_without_a_name_is_called_after_its_first_medicine() -> None:
    by = DoctorFactory().member
    assert services.add_favourite(by=by, lines=[ARNICA]).name == "Arnica montana 30C"
    assert services.add_favourite(by=by, lines=[ARNICA, BRYONIA]).name == "Arnica montana 30C and 1 more"
    long = {"medicine": "x" * 200}
    assert len(services.add_favourite(by=by, lines=[long, long]).name) == 100


def test_a_favourite_goes_below_what_is_on_the_sheet_and_nothing_twice() -> None:
    draft = drafted()
    by = draft.doctor.member
    favourite = services.add_favourite(by=by, lines=[ARNICA, BRYONIA], notes="Rest")
    stored = services.insert_favourite(draft, by=by, favourite=favourite)
    assert (names(draft), stored.notes) == (["Arnica montana 30C", "Bryonia 200C"], "Rest")
    assert stored.revision == draft.revision + 1
    with pytest.raises(Refusal, match="already"):
        services.insert_favourite(draft, by=by, favourite=favourite)


def test_notes_that_are_there_stay() -> None:
    draft = drafted()
    by = draft.doctor.member
    services.save_prescription(draft, by=by, notes="Drink", items=[])
    favourite = services.add_favourite(by=by, lines=[BRYONIA], notes="Rest")
    assert services.insert_favourite(draft, by=by, favourite=favourite).notes == "Drink"


def test_two_favourites_of_a_doctor_have_two_names() -> None:
    by, colleague = DoctorFactory().member, DoctorFactory().member
    first = services.add_favourite(by=by, lines=[ARNICA], name="Bruises")
    other = services.add_favourite(by=by, lines=[BRYONIA], name="Cough")
    services.add_favourite(by=colleague, lines=[ARNICA], name="Bruises")
    with pytest.raises(Refusal, match="of this name"):
        services.add_favourite(by=by, lines=[ARNICA], name=" Bruises ")
    with pytest.raises(Refusal, match="of this name"):
        services.rename_favourite(other, by=by, name="Bruises")
    with pytest.raises(Refusal, match="a name"):
        services.rename_favourite(first, by=by, name=" ")


def test_a_favourite_is_its_doctors_own(client_for: Browser) -> None:
    favourite = services.add_favourite(by=DoctorFactory().member, lines=[ARNICA])
    draft = drafted()
    by = draft.doctor.member
    for act in (
        lambda: services.insert_favourite(draft, by=by, favourite=favourite),
        lambda: services.rename_favourite(favourite, by=by, name="Mine"),
        lambda: services.remove_favourite(favourite, by=by),
        lambda: services.add_favourite(by=MemberFactory(), lines=[ARNICA]),
        lambda: services.add_favourite(by=None, lines=[ARNICA]),
    ):
        with pytest.raises(Refusal):
            act()
    browser = client_for(by)
    assert favourite.name not in browser.get(reverse("records:favourite_list")).content.decode()
    for name in ("rename_favourite", "remove_favourite"):
        address = reverse(f"records:{name}", args=[favourite.pk])
        assert browser.send(address, {"name": "Mine"}).status_code == 404
    save = reverse("records:save_prescription", args=[draft.pk])
    browser.send(save, {**rows(BRYONIA), "then": f"insert:{favourite.pk}"})
    assert names(draft) == ["Bryonia 200C"]


def test_what_was_handed_out_takes_no_favourite() -> None:
    given = handed_out()
    by = given.doctor.member
    favourite = services.add_favourite(by=by, lines=[BRYONIA])
    for act in (
        lambda: services.insert_favourite(given, by=by, favourite=favourite),
        lambda: services.repeat_last(given, by=by),
    ):
        with pytest.raises(Refusal, match="does not change any more"):
            act()


def test_a_sheet_holds_forty_medicines() -> None:
    draft = drafted(None, *({"medicine": f"Remedy {number}"} for number in range(40)))
    by = draft.doctor.member
    favourite = services.add_favourite(by=by, lines=[ARNICA])
    with pytest.raises(Refusal, match="at most 40"):
        services.insert_favourite(draft, by=by, favourite=favourite)
    assert len(names(draft)) == 40


def test_the_last_prescription_is_repeated_whoever_wrote_it_unless_it_was_stopped() -> None:
    given = handed_out()
    patient, again = given.patient, begun(patient=given.patient)
    draft = services.prescribe(again, by=again.doctor.member)
    assert names(services.repeat_last(draft, by=again.doctor.member)) == ["Arnica montana 30C"]
    assert draft.patient == patient
    services.stop_prescription(given, by=given.doctor.member, reason="Rash")
    with pytest.raises(Refusal, match="could be repeated"):
        services.repeat_last(draft, by=again.doctor.member)


def test_of_several_the_latest_is_repeated_and_nobody_elses() -> None:
    first = handed_out()
    services.complete_prescription(first, by=first.doctor.member)
    again = begun(patient=first.patient)
    by = again.doctor.member
    second = services.activate_prescription(drafted(again, BRYONIA), by=by)
    services.complete_prescription(second, by=by)
    handed_out()
    draft = services.prescribe(again, by=by)
    assert names(services.repeat_last(draft, by=by)) == ["Bryonia 200C"]


def test_the_buttons_beside_the_draft_keep_what_is_typed_first(client_for: Browser) -> None:
    given = handed_out()
    again = begun(patient=given.patient)
    by = again.doctor.member
    draft = services.prescribe(again, by=by)
    browser, save = client_for(by), reverse("records:save_prescription", args=[draft.pk])
    browser.send(save, {**rows(BRYONIA, revision=0), "then": "repeat"})
    assert names(draft) == ["Bryonia 200C", "Arnica montana 30C"]
    typed = rows(BRYONIA, ARNICA, {"medicine": "Rhus tox"}, revision=2)
    browser.send(save, {**typed, "then": "favourite:2"})
    browser.send(save, {**typed, "revision": "3", "then": "favourite", "favourite_name": "Joints"})
    browser.send(save, {**typed, "revision": "3", "favourite_name": "By Enter"})
    assert [str(one) for one in Favourite.objects.of(by)] == ["By Enter", "Joints", "Rhus tox"]
    assert len(names(draft)) == 3
    joints = Favourite.objects.get(name="Joints")
    browser.send(save, {**rows(BRYONIA, revision=3), "then": f"insert:{joints.pk}"})
    assert names(draft) == ["Bryonia 200C", "Arnica montana 30C", "Rhus tox"]
    shown = browser.get(save).content.decode()
    assert f'value="insert:{joints.pk}"' in shown
    assert "Last prescription" in shown


@pytest.mark.parametrize("which", ["9", "²", "-1", "x", "1"])
def test_a_row_that_says_nothing_is_no_favourite(which: str, client_for: Browser) -> None:
    draft = drafted()
    save = reverse("records:save_prescription", args=[draft.pk])
    sent = {**rows(ARNICA, {"medicine": ""}), "then": f"favourite:{which}"}
    answer = client_for(draft.doctor.member).send(save, sent)
    assert answer.status_code == 302
    assert not Favourite.objects.exists()


def test_favourites_are_renamed_and_removed_on_their_page(client_for: Browser) -> None:
    by = DoctorFactory().member
    browser, page = client_for(by), reverse("records:favourite_list")
    assert "No favourites yet" in browser.get(page).content.decode()
    favourite = services.add_favourite(by=by, lines=[ARNICA])
    rename = reverse("records:rename_favourite", args=[favourite.pk])
    assert "name" in browser.send(rename, {"name": ""}).context["form"].errors
    browser.send(rename, {"name": "Bruises"})
    assert "Bruises" in browser.get(page).content.decode()
    browser.send(reverse("records:remove_favourite", args=[favourite.pk]))
    assert not Favourite.objects.exists()
