"""Every verb of the table, in every state, by every role: on the pages and in the administration."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.members.models import AgentProfile
from accounts.members.roles import Role, allows
from scheduling.admin.appointments import AppointmentAdmin
from scheduling.models import TRANSITIONS, Appointment, Status
from scheduling.models.states import INITIAL
from scheduling.views.actions import ACTIONS
from tests.databases import undone
from tests.scheduling.factories import (
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    free_times,
    in_state,
)

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]

# What nobody presses a button for: the deadline does it.
BY_ITSELF = {"let_hold_go"}
VERBS = list(dict.fromkeys(row.verb for row in TRANSITIONS.rows if row.verb not in BY_ITSELF))
BEFORE, AFTER = datetime.timedelta(hours=-1), datetime.timedelta(minutes=5)


def acting(role: str) -> tuple[Any, dict[str, Any]]:
    """A member in this role, and what makes a visit one that the member may see."""
    if role == Role.PATIENT:
        patient = PatientFactory()
        return patient.member, {"patient": patient}
    if role == Role.DOCTOR:
        doctor = doctor_with_hours()
        return doctor.member, {"doctor": doctor}
    member = MemberFactory(role=role)
    if role == Role.AGENT:
        return member, {"agent": AgentProfile.objects.create(member=member)}
    return member, {}


def asked(verb: str, doctor: Any) -> dict[str, Any]:
    """What the verb's form asks for."""
    if verb == "reschedule_appointment":
        return {"starts_at": free_times(doctor, 20)[-1].starts_at.isoformat(), "doctor": doctor.pk}
    if verb == "resize_appointment":
        return {"minutes": 20}
    return {"reason": "Because"}


def moment_of(visit: Appointment, role: str) -> datetime.datetime:
    """Patients change a visit before it begins; missing one and arriving belong to its time."""
    return visit.starts_at + (BEFORE if role == Role.PATIENT else AFTER)


@pytest.mark.parametrize("role", Role.values)
def test_a_button_does_what_both_tables_say(role: str, client_for: Browser) -> None:
    """Sabotage: give a role a permission in the view only, or a verb a source in the service only."""
    member, facts = acting(role)
    doctor = facts.setdefault("doctor", None) or doctor_with_hours()
    facts["doctor"] = doctor
    browser, may = client_for(member), {verb for verb in VERBS if allows(role, f"scheduling.{verb}")}
    for status in Status.values:
        # Who may not is turned away before anybody looks at the state.
        pressed = VERBS if status in INITIAL else [verb for verb in VERBS if verb in may]
        with undone():
            visit = in_state(status, **facts)
            for verb in pressed:
                with undone(), time_machine.travel(moment_of(visit, role), tick=False):
                    page = reverse(f"scheduling:{verb}", args=[visit.pk], urlconf="clinic.urls")
                    answer = browser.send(page, asked(verb, doctor)).status_code
                    now = Appointment.objects.get(pk=visit.pk).status
                follows = verb in TRANSITIONS.verbs(status)
                if verb not in may:
                    assert (answer, now) == (403, status), verb
                elif follows:
                    assert now == TRANSITIONS.target(verb, status), (verb, status, answer)
                else:
                    assert answer in (200, 302), (verb, status)
                    assert now == status, verb


STEPS = [verb for verb in VERBS if verb in AppointmentAdmin.actions]


def test_the_administration_offers_every_step_that_needs_no_form() -> None:
    forms = {verb for verb in VERBS if ACTIONS[verb].asks}
    assert set(VERBS) - forms <= set(STEPS)


@pytest.mark.parametrize("status", Status.values)
def test_a_step_in_the_administration_follows_the_same_table(status: str, client_for: Browser) -> None:
    """Sabotage: let an action of the administration set the state itself."""
    listing = reverse("admin:scheduling_appointment_changelist")
    browser, visit = client_for(MemberFactory(role=Role.ADMIN)), in_state(status)
    for verb in STEPS:
        with undone(), time_machine.travel(visit.starts_at + AFTER, tick=False):
            data = {"action": verb, "_selected_action": [visit.pk]}
            assert browser.post(listing, data).status_code == 302
            now = Appointment.objects.get(pk=visit.pk).status
        follows = verb in TRANSITIONS.verbs(status)
        assert now == (TRANSITIONS.target(verb, status) if follows else status), verb
