"""Texts that are written again and again: the clinic's, or those of one specialisation."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.members.roles import Role
from clinic.models import Refusal
from records import services
from records.models import TextTemplate
from tests.people import StaffFactory
from tests.records.factories import begun
from tests.scheduling.factories import DoctorFactory, MemberFactory

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]


def page(name: str, *arguments: Any) -> str:
    return reverse(f"records:{name}", args=arguments)


def kept(name: str = "Cold", **content: str) -> TextTemplate:
    return services.add_text_template(by=None, name=name, **(content or {"plan": "Rest, fluids."}))


def test_a_doctor_sees_the_clinics_and_the_own_specialisations() -> None:
    doctor = DoctorFactory(specialisation="Paediatrics")
    for name, whose in (("Cold", ""), ("Check-up", "Paediatrics"), ("Pelvis", "Gynaecology")):
        kept(name, specialisation=whose, plan="x")
    assert [found.name for found in TextTemplate.objects.for_doctor(doctor)] == ["Check-up", "Cold"]


def test_it_is_written_after_what_is_there_and_never_over_it() -> None:
    consultation = begun()
    by = consultation.doctor.member
    template = kept(complaints="Cough.", plan="Rest, fluids.")
    services.insert_text_template(consultation, by=by, text_template=template)
    consultation.refresh_from_db()
    assert consultation.complaints == "Headache for two days\nCough."
    assert consultation.plan == "Rest, fluids."


def test_a_template_has_a_name_and_says_something() -> None:
    with pytest.raises(Refusal, match="name"):
        kept(" ", plan="x")
    with pytest.raises(Refusal, match="at least one text"):
        kept("Empty", plan=" ")
    kept("Cold")
    with pytest.raises(Refusal, match="this name already"):
        kept("Cold")
    with pytest.raises(IntegrityError):
        TextTemplate.objects.update(plan="")


def test_only_doctors_and_administrators_keep_templates() -> None:
    desk, template = StaffFactory(), kept()
    for act in (
        lambda: services.add_text_template(by=desk, name="Mine", plan="x"),
        lambda: services.update_text_template(template, by=desk, name="Mine"),
        lambda: services.remove_text_template(template, by=desk),
    ):
        with pytest.raises(Refusal, match="Only doctors"):
            act()


def test_the_pages_add_change_and_remove(client_for: Browser) -> None:
    doctor = DoctorFactory(specialisation="Paediatrics")
    browser = client_for(doctor.member)
    assert "No template yet" in browser.get(page("text_template_list")).content.decode()
    wrong = browser.send(page("add_text_template"), {"name": "Child", "specialisation": "Paediatrics"})
    assert "Write at least one text." in wrong.content.decode()
    browser.send(
        page("add_text_template"),
        {"name": "Child", "specialisation": "Paediatrics", "history": "Born at term."},
    )
    found = TextTemplate.objects.get()
    assert (found.specialisation, found.texts) == ("Paediatrics", {"history": "Born at term."})
    browser.send(page("update_text_template", found.pk), {"name": "Baby", "history": "Born at term, well."})
    assert "Born at term, well." in browser.get(page("text_template_list")).content.decode()
    browser.send(page("remove_text_template", found.pk))
    assert not TextTemplate.objects.exists()


def test_without_javascript_it_is_inserted_after_saving(client_for: Browser) -> None:
    consultation, template = begun(), kept()
    browser = client_for(consultation.doctor.member)
    typed = {"plan": "Come back.", "revision": consultation.revision, "then": "template"}
    answer = browser.send(
        page("save_consultation", consultation.pk), {**typed, "text_template": str(template.pk)}
    )
    assert answer["Location"] == page("consultation", consultation.pk)
    consultation.refresh_from_db()
    assert consultation.plan == "Come back.\nRest, fluids."
    shown = browser.get(page("consultation", consultation.pk)).content.decode()
    assert "“Cold” is inserted." in shown


@pytest.mark.parametrize("sent", ["", "x", "01a20041-e312-7706-a3ae-b36740a7da4b"])
def test_a_template_that_never_was_is_not_found(sent: str, client_for: Browser) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    typed = {"revision": consultation.revision, "then": "template", "text_template": sent}
    assert browser.send(page("save_consultation", consultation.pk), typed).status_code == 404


def test_the_admin_keeps_templates_too(client_for: Browser) -> None:
    browser = client_for(MemberFactory(role=Role.ADMIN))
    content = {"name": "Cold", "specialisation": "", "plan": "Rest."}
    browser.post(reverse("admin:records_texttemplate_add"), content)
    found = TextTemplate.objects.get()
    browser.post(reverse("admin:records_texttemplate_change", args=[found.pk]), {**content, "plan": "Tea."})
    found.refresh_from_db()
    assert found.plan == "Tea."
    chosen = {"action": "remove_text_template", "_selected_action": [str(found.pk)]}
    browser.post(reverse("admin:records_texttemplate_changelist"), chosen)
    assert not TextTemplate.objects.exists()
