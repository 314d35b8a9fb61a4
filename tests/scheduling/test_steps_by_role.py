"""Every verb of the table, in every state, by every role: on the pages and in the administration."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from accounts.members.models import AgentProfile
from accounts.members.roles import Role, allows
from scheduling.admin.appointments import AppointmentAdmin
from scheduling.models import TRANSITIONS, Status
from scheduling.models.states import INITIAL
from scheduling.views.actions import ACTIONS
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


@contextmanager
def undone() -> Iterator[None]:
    """What is done in the block is taken back, so that the next visit finds the same calendar."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


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


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("verb", VERBS)
def test_a_button_does_what_both_tables_say(verb: str, role: str, client_for: Browser) -> None:
    """Sabotage: give a role a permission in the view only, or a verb a source in the service only."""
    member, facts = acting(role)
    doctor = facts.setdefault("doctor", None) or doctor_with_hours()
    facts["doctor"] = doctor
    browser, may = client_for(member), allows(role, f"scheduling.{verb}")
    # Who may not is turned away before anybody looks at the state.
    for status in Status.values if may else INITIAL:
        with undone():
            visit = in_state(status, **facts)
            # Patients change a visit before it begins; missing one and arriving belong to its time.
            moment = visit.starts_at + (BEFORE if role == Role.PATIENT else AFTER)
            with time_machine.travel(moment, tick=False):
                page = reverse(f"scheduling:{verb}", args=[visit.pk], urlconf="clinic.urls")
                answer = browser.send(page, asked(verb, doctor))
            visit.refresh_from_db()
            follows = verb in TRANSITIONS.verbs(status)
            if not may:
                assert (answer.status_code, visit.status) == (403, status)
            elif follows:
                assert visit.status == TRANSITIONS.target(verb, status), (status, answer.status_code)
            else:
                assert answer.status_code in (200, 302)
                assert visit.status == status


STEPS = [verb for verb in VERBS if verb in AppointmentAdmin.actions]


def test_the_administration_offers_every_step_that_needs_no_form() -> None:
    forms = {verb for verb in VERBS if ACTIONS[verb].asks}
    assert set(VERBS) - forms <= set(STEPS)


@pytest.mark.parametrize("verb", STEPS)
def test_a_step_in_the_administration_follows_the_same_table(verb: str, client_for: Browser) -> None:
    """Sabotage: let an action of the administration set the state itself."""
    listing = reverse("admin:scheduling_appointment_changelist")
    browser = client_for(MemberFactory(role=Role.ADMIN))
    for status in Status.values:
        with undone():
            visit = in_state(status)
            with time_machine.travel(visit.starts_at + AFTER, tick=False):
                data = {"action": verb, "_selected_action": [visit.pk]}
                assert browser.post(listing, data).status_code == 302
            visit.refresh_from_db()
            follows = verb in TRANSITIONS.verbs(status)
            assert visit.status == (TRANSITIONS.target(verb, status) if follows else status)
