"""Agents ask for visits for the patients they bring, and see how far each has come, but not why."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.members.models import AgentProfile
from accounts.members.roles import Role
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import Appointment, Source, Status
from tests.scheduling.factories import AppointmentFactory, MemberFactory, doctor_with_hours, free_times

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
ADA = {
    "given_name": "Ada",
    "family_name": "Obi",
    "date_of_birth": "1990-02-03",
    "email": "ada@example.com",
    "reason": "Chemotherapy",
}


@pytest.fixture
def agent() -> Any:
    """Somebody who brings patients."""
    member = MemberFactory(role=Role.AGENT)
    return AgentProfile.objects.create(member=member)


def test_an_agent_asks_and_the_clinic_answers(agent: Any, client_for: Browser) -> None:
    doctor = doctor_with_hours()
    kind = services.add_appointment_type(by=None, name="Oncology")
    browser = client_for(agent.member)
    page = reverse("scheduling:request_for_patient")
    assert doctor.name in browser.get(page).content.decode()
    assert "Oncology" in browser.get(page, {"doctor": doctor.pk}).content.decode()
    data = {**ADA, "doctor": doctor.pk, "appointment_type": kind.pk}
    sent = browser.send(page, {**data, "starts_at": free_times(doctor)[0].starts_at.isoformat()})
    assert sent["Location"] == reverse("scheduling:my_bookings")
    asked = Appointment.objects.get()
    assert (asked.status, asked.source, asked.agent) == (Status.PENDING, Source.AGENT, agent)
    assert (asked.booked_by, asked.appointment_type) == (agent.member, kind)
    assert asked.held_until
    services.confirm_appointment(asked, by=None)
    assert [letter.recipient for letter in OutboxMessage.objects.all()] == ["ada@example.com"] * 2


def test_the_list_shows_the_own_patients_states_and_no_clinical_word(agent: Any, client_for: Browser) -> None:
    kind = services.add_appointment_type(by=None, name="Oncology")
    own = AppointmentFactory(agent=agent, source=Source.AGENT, reason="Chemotherapy", appointment_type=kind)
    foreign = AppointmentFactory(reason="Cough")
    text = client_for(agent.member).get(reverse("scheduling:my_bookings")).content.decode()
    assert own.patient.name in text
    assert "Booked" in text
    for word in ("Chemotherapy", "Oncology", own.doctor.specialisation, own.patient.number):
        assert word not in text
    assert foreign.patient.name not in text


def test_an_agent_opens_no_visit_and_takes_no_step(agent: Any, client_for: Browser) -> None:
    visit = AppointmentFactory(agent=agent, source=Source.AGENT)
    browser = client_for(agent.member)
    for name in ("appointment", "cancel_appointment", "reschedule_appointment"):
        assert browser.get(reverse(f"scheduling:{name}", args=[visit.pk])).status_code == 403
    assert browser.get("/")["Location"] == reverse("scheduling:my_bookings")


def test_what_is_refused_is_kept_and_said(agent: Any, client_for: Browser) -> None:
    doctor = doctor_with_hours()
    starts_at = free_times(doctor)[0].starts_at
    page, browser = reverse("scheduling:request_for_patient"), client_for(agent.member)
    data = {**ADA, "doctor": doctor.pk, "starts_at": starts_at.isoformat()}
    unreachable = browser.send(page, {**data, "email": ""}).content.decode()
    assert "e-mail address or phone number" in unreachable
    AppointmentFactory(doctor=doctor, starts_at=starts_at)
    taken = browser.send(page, data).content.decode()
    assert "not free any more" in taken
    assert 'value="Ada"' in taken
    assert 'name="overbook_reason"' not in taken


def test_a_kind_that_patients_may_not_book_is_not_for_agents(agent: Any) -> None:
    kind = services.add_appointment_type(by=None, name="Surgery", is_public=False)
    doctor = doctor_with_hours()
    with pytest.raises(Refusal, match="not offered"):
        services.request_for_patient(
            by=agent.member,
            doctor=doctor,
            starts_at=free_times(doctor)[0].starts_at,
            appointment_type=kind,
            given_name="Ada",
        )


def test_who_is_no_agent_asks_for_nobody() -> None:
    doctor = doctor_with_hours()
    with pytest.raises(Refusal, match="Only agents"):
        services.request_for_patient(
            by=MemberFactory(), doctor=doctor, starts_at=free_times(doctor)[0].starts_at, given_name="Ada"
        )


def test_the_database_refuses_an_agents_booking_without_the_agent() -> None:
    with pytest.raises(IntegrityError, match="appointment_agent"):
        AppointmentFactory(source=Source.AGENT)
