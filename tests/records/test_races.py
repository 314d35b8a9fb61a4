"""Several people, or several tabs of one, at the same moment on real connections."""

from collections.abc import Callable
from typing import Any

from clinic.models import Refusal
from records import services
from records.models import Consultation, Prescription
from records.services import Overtaken
from tests.records.factories import ARNICA, AppointmentFactory, begun, drafted
from tests.scheduling.factories import DoctorFactory, PatientFactory

Race = Callable[..., list[Any]]


def test_many_tabs_open_one_consultation(race: Race) -> None:
    visit = AppointmentFactory()
    doctor = visit.doctor.member
    opened = race(6, lambda _number: services.start_consultation(visit, by=doctor))
    assert {consultation.pk for consultation in opened} == {Consultation.objects.get().pk}


def test_many_tabs_open_one_walk_in(race: Race) -> None:
    doctor, patient = DoctorFactory().member, PatientFactory()
    opened = race(6, lambda _number: services.start_walk_in(patient, by=doctor))
    assert {consultation.pk for consultation in opened} == {Consultation.objects.get().pk}


def test_what_is_handed_out_is_what_was_counted(race: Race) -> None:
    """Rows sent while the prescription is handed out are either on it or refused, never slipped in after."""
    draft = drafted()
    doctor = draft.doctor.member

    def act(number: int) -> Any:
        if number == 0:
            handed = services.activate_prescription(draft, by=doctor)
            return [str(item) for item in handed.items.all()]
        rows = [ARNICA, {"medicine": "Belladonna", "potency": f"{number}C"}]
        return services.save_prescription(draft, by=doctor, notes="", items=rows)

    seen, *others = race(5, act)
    stored = Prescription.objects.get(pk=draft.pk)
    assert [str(item) for item in stored.items.all()] == seen
    assert all(isinstance(other, Refusal | Prescription) for other in others)


def test_of_two_windows_that_save_at_once_one_is_shown_the_other(race: Race) -> None:
    consultation = begun()
    by, seen = consultation.doctor.member, consultation.revision

    def save(number: int) -> str:
        try:
            services.save_consultation(consultation, by=by, revision=seen, plan=f"Plan {number}")
        except Overtaken as refusal:
            return f"shown {refusal.stored.plan}"
        return f"stored Plan {number}"

    answers = race(4, save)
    (stored,) = [answer for answer in answers if answer.startswith("stored")]
    assert answers.count(stored.replace("stored", "shown")) == 3


def test_of_two_windows_that_save_a_sheet_at_once_one_is_shown_the_other(race: Race) -> None:
    draft = drafted()
    by, seen = draft.doctor.member, draft.revision

    def save(number: int) -> str:
        rows = [{"medicine": f"Remedy {number}"}]
        try:
            services.save_prescription(draft, by=by, notes="", items=rows, revision=seen)
        except Overtaken as refusal:
            return f"shown {refusal.stored.items.get()}"
        return f"stored Remedy {number}"

    answers = race(4, save)
    (stored,) = [answer for answer in answers if answer.startswith("stored")]
    assert answers.count(stored.replace("stored", "shown")) == 3
