"""Agents: what they bring waits for the clinic, for their own they book at once; nothing tells them why."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.members import services as members
from accounts.members.models import AgentAssignment, AgentProfile, PatientProfile
from accounts.members.roles import Role
from clinic.inbox.models import Notification
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import Appointment, Assistance, BookingPolicy, Source, Status
from tests.people import PatientFactory
from tests.scheduling.factories import AppointmentFactory, MemberFactory, doctor_with_hours, free_times

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
PERSON = {
    "given_name": "Ada",
    "family_name": "Obi",
    "date_of_birth": "1990-02-03",
    "email": "ada@example.com",
}
ADA = {**PERSON, "reason": "Chemotherapy"}
BORN = datetime.date(1990, 2, 3)
KNOWN = {**PERSON, "date_of_birth": BORN}
A_DAY = datetime.timedelta(days=1)


def an_agent() -> Any:
    member = MemberFactory(role=Role.AGENT, given_name="Efe", family_name="Etim")
    return AgentProfile.objects.create(member=member)


@pytest.fixture
def agent() -> Any:
    """Somebody who brings patients."""
    return an_agent()


@pytest.fixture
def desk() -> Any:
    """The receptionist."""
    return MemberFactory()


@pytest.fixture
def own(agent: Any, desk: Any) -> AgentAssignment:
    """A patient whom the clinic gave the agent."""
    return members.assign_agent(PatientFactory(phone="+2348031234567"), by=desk, agent=agent)


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


def test_lists_and_pages_show_the_own_patients_and_no_clinical_word(
    agent: Any, own: AgentAssignment, client_for: Browser
) -> None:
    kind = services.add_appointment_type(by=None, name="Oncology")
    visit = AppointmentFactory(
        agent=agent, patient=own.patient, source=Source.AGENT, reason="Chemotherapy", appointment_type=kind
    )
    others = AppointmentFactory(patient=own.patient, starts_at=timezone.now() + 9 * A_DAY)
    foreign = AppointmentFactory(reason="Cough")
    browser = client_for(agent.member)
    shown = ("my_bookings", "my_patients"), ("cancel_for_patient", "reschedule_for_patient")
    addresses = [reverse(f"scheduling:{name}") for name in shown[0]]
    addresses += [reverse(f"scheduling:{name}", args=[visit.pk]) for name in shown[1]]
    addresses += [reverse("scheduling:my_patient", args=[own.patient_id])]
    for address in addresses:
        text = browser.get(address).content.decode()
        assert own.patient.name in text
        assert foreign.patient.name not in text
        for word in ("Chemotherapy", "Oncology", visit.doctor.specialisation, own.patient.number):
            assert word not in text, f"{word} at {address}"
        assert others.doctor.name not in text, "a visit that others booked"


def test_an_agent_opens_no_page_of_a_visit(agent: Any, own: AgentAssignment, client_for: Browser) -> None:
    visit = AppointmentFactory(agent=agent, patient=own.patient, source=Source.AGENT)
    browser = client_for(agent.member)
    for name in ("appointment", "cancel_appointment", "reschedule_appointment"):
        assert browser.get(reverse(f"scheduling:{name}", args=[visit.pk])).status_code == 403
    assert browser.get("/")["Location"] == reverse("scheduling:my_patients")


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


def content_of(page: Any) -> str:
    """What a page is about, without what differs from one request to the next."""
    main = re.search("<main.*</main>", page.content.decode(), re.DOTALL)
    assert main
    return re.sub(r'(name="(csrfmiddlewaretoken|idempotency_key)" value=")[^"]*', r"\1", main[0])


def test_an_agent_never_learns_who_was_known(client_for: Browser, desk: Any) -> None:
    """Two agents bring the same person, one of them before and one after she became a patient here."""
    doctor, seen = doctor_with_hours(), {}
    for number in (0, 1):
        agent = an_agent()
        browser = client_for(agent.member)
        said = browser.send(reverse("scheduling:register_brought_patient"), PERSON | {"given_name": "ADA"})
        free = free_times(doctor)[number].starts_at
        asked = browser.send(
            reverse("scheduling:request_for_patient"),
            {**ADA, "given_name": "ADA", "doctor": doctor.pk, "starts_at": free.isoformat()},
        )
        told = Notification.objects.filter(member=agent.member).count()
        page = content_of(browser.get(reverse("scheduling:my_patients")))
        names = [name for name in ("ADA", "Ada") if name in browser.get("/my-bookings/").content.decode()]
        seen[number] = (said.status_code, said["Location"], asked.status_code, told, page, names)
        # The clinic writes her as she is written.
        member = PatientProfile.objects.get().member
        member.given_name, member.phone = "Ada", "+2348031234567"
        member.save()
        services.decline_appointment(Appointment.objects.get(agent=agent), by=desk, reason="Full")
    assert PatientProfile.objects.count() == 1
    assert seen[0] == seen[1]
    assert [wish.is_new_file for wish in AgentAssignment.objects.order_by("created_at")] == [True, False]


def test_a_request_is_not_refused_because_the_patient_has_another_visit(agent: Any) -> None:
    """To somebody who does not have the patient, that sentence would say that she is one."""
    patient = members.register_patient(by=None, **KNOWN)
    doctor = doctor_with_hours()
    starts_at = free_times(doctor)[0].starts_at
    AppointmentFactory(patient=patient, starts_at=starts_at)
    ask = {"by": agent.member, "doctor": doctor, "starts_at": starts_at}
    with pytest.raises(Refusal, match="not free any more"):
        services.request_for_patient(**ask, **KNOWN)
    own = members.assign_agent(patient, by=None, agent=agent)
    with pytest.raises(Refusal, match="already has a visit"):
        services.book_for_patient(own, **ask)


def test_a_new_patient_is_on_record_as_the_agents(agent: Any, desk: Any, client_for: Browser) -> None:
    wish = services.register_brought_patient(by=agent.member, **KNOWN)
    assert (wish.status, wish.patient.registered_by) == ("requested", agent.member)
    assert Notification.objects.filter(member=desk, kind="agent_asks").count() == 1
    page = reverse("members:patient", args=[wish.patient_id])
    text = client_for(desk).get(page).content.decode()
    assert f"Registered by {agent.name}, agent." in text
    with pytest.raises(IntegrityError, match="Who registered a patient"), transaction.atomic():
        PatientProfile.objects.update(registered_by=desk)
    client_for(desk).send(reverse("members:accept_assignment", args=[wish.pk]))
    wish.refresh_from_db()
    assert (wish.status, wish.since, wish.assigned_by) == ("active", timezone.localdate(), desk)


def test_the_agent_books_moves_and_cancels_for_the_own_patient(
    agent: Any, own: AgentAssignment, client_for: Browser
) -> None:
    doctor = doctor_with_hours()
    first, later = (free_times(doctor)[number].starts_at for number in (9, 30))
    browser = client_for(agent.member)
    book = reverse("scheduling:book_for_patient", args=[own.patient_id])
    assert doctor.name in browser.get(book).content.decode()
    browser.send(book, {"doctor": doctor.pk, "starts_at": first.isoformat(), "reason": "Cough"})
    booked = Appointment.objects.get()
    assert (booked.status, booked.source, booked.agent, booked.booked_by) == (
        *(Status.BOOKED, Source.AGENT, agent, agent.member),
    )
    move = reverse("scheduling:reschedule_for_patient", args=[booked.pk])
    assert browser.send(move, {"starts_at": later.isoformat()}).status_code == 302
    moved = Appointment.objects.get(status=Status.BOOKED)
    assert (moved.starts_at, moved.agent) == (later, agent)
    browser.send(reverse("scheduling:cancel_for_patient", args=[moved.pk]), {"reason": "No car"})
    assert not Appointment.objects.coming().exists()
    written = list(Assistance.objects.order_by("created_at").values_list("kind", "appointment"))
    assert written == [("booking", booked.pk), ("move", moved.pk), ("cancellation", moved.pk)]


def test_the_agent_is_bound_by_the_patients_deadlines(agent: Any, own: AgentAssignment) -> None:
    BookingPolicy.objects.create(change_deadline_hours=48)
    soon = AppointmentFactory(agent=agent, patient=own.patient)
    with pytest.raises(Refusal, match="too late"):
        services.cancel_for_patient(soon, by=agent.member)
    with pytest.raises(Refusal, match="too late"):
        services.reschedule_for_patient(soon, by=agent.member, starts_at=timezone.now() + A_DAY)


def test_a_line_is_written_by_hand_and_counted(
    agent: Any, own: AgentAssignment, desk: Any, client_for: Browser
) -> None:
    browser, now = client_for(agent.member), timezone.localtime()
    page = reverse("scheduling:log_assistance", args=[own.patient_id])
    ahead = {"kind": "call", "happened_at": (now + A_DAY).strftime("%Y-%m-%dT%H:%M"), "note": "Kept"}
    refused = browser.send(page, ahead).content.decode()
    assert "This lies ahead" in refused
    assert "Kept" in refused
    browser.send(page, ahead | {"happened_at": (now - A_DAY).strftime("%Y-%m-%dT%H:%M")})
    assert Assistance.objects.get().note == "Kept"
    assert "Kept" in browser.get(reverse("scheduling:my_patient", args=[own.patient_id])).content.decode()
    doctor = doctor_with_hours()
    services.book_for_patient(own, by=agent.member, doctor=doctor, starts_at=free_times(doctor)[9].starts_at)
    (row,) = client_for(agent.member).get(reverse("scheduling:my_patients")).context["page_obj"]
    assert (row.bookings, row.helped, row.next_visit) == (1, 2, free_times(doctor) and row.next_visit)
    assert timezone.localdate(row.last_contact) == timezone.localdate()
    listed = client_for(desk).get(reverse("scheduling:agent_list")).context["page_obj"][0]
    assert (listed.patients, listed.bookings, listed.helped) == (1, 1, 2)
    today = {"first": timezone.localdate(), "last": timezone.localdate()}
    listed = client_for(desk).get(reverse("scheduling:agent_list"), today).context["page_obj"][0]
    assert (listed.bookings, listed.helped) == (1, 1)


def test_only_the_hands_own_kinds_are_written_by_hand(agent: Any, own: AgentAssignment) -> None:
    with pytest.raises(Refusal, match="values offered"):
        services.log_assistance(own, by=agent.member, kind="booking", happened_at=timezone.now())


def test_the_file_says_what_was_done_and_no_cell_is_a_formula(
    agent: Any, own: AgentAssignment, desk: Any, client_for: Browser
) -> None:
    member = own.patient.member
    member.given_name = "=HYPERLINK(1)"
    member.save()
    page = reverse("scheduling:export_agents")
    text = client_for(desk).get(page, {"format": "csv"}).content.decode()
    assert "'=HYPERLINK(1)" in text
    assert agent.name in text
    assert client_for(desk).get(page, {"format": "exe"}).status_code == 404
    assert client_for(agent.member).get(page, {"format": "csv"}).status_code == 403


def test_whoever_is_booked_in_an_agents_name_is_the_agents(agent: Any, desk: Any) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    booked = services.book_appointment(
        by=desk, doctor=doctor, patient=patient, starts_at=free_times(doctor)[0].starts_at, agent=agent
    )
    assert AgentAssignment.objects.in_force().get().patient == patient
    assert Assistance.objects.get().appointment == booked
    with pytest.raises(Refusal, match="not one of your patients"):
        services.book_appointment(
            by=agent.member,
            doctor=doctor,
            patient=PatientFactory(),
            starts_at=free_times(doctor)[5].starts_at,
            source=Source.AGENT,
        )


def of_the_log(own: AgentAssignment, **facts: Any) -> Assistance:
    """A line as the database is asked for it, past the services."""
    known = {"assignment": own, "agent": own.agent, "patient": own.patient, "kind": "call"}
    with transaction.atomic():
        line = Assistance.objects.create(**known | {"happened_at": timezone.now()} | facts)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return line


def test_the_log_stays_as_it_was_written(own: AgentAssignment) -> None:
    line = of_the_log(own)
    with pytest.raises(IntegrityError, match="stays as it was written"), transaction.atomic():
        Assistance.objects.update(note="Changed")
    with pytest.raises(IntegrityError, match="stays as it was written"), transaction.atomic():
        line.delete()


def test_a_line_belongs_to_an_assignment_of_the_same_two(own: AgentAssignment) -> None:
    with pytest.raises(IntegrityError, match="scheduling_assistance_of_one_pair"):
        of_the_log(own, patient=PatientFactory())
    with pytest.raises(IntegrityError, match="scheduling_assistance_of_one_pair"):
        of_the_log(own, agent=an_agent())


def test_a_line_names_a_visit_of_the_same_patient(own: AgentAssignment) -> None:
    with pytest.raises(IntegrityError, match="scheduling_assistance_of_one_patient"):
        of_the_log(own, appointment=AppointmentFactory())
    with pytest.raises(IntegrityError, match="scheduling_assistance_visit"):
        of_the_log(own, kind="booking")


def test_nothing_is_added_once_the_assignment_has_ended(own: AgentAssignment, desk: Any) -> None:
    members.end_assignment(own, by=desk, reason="Moved away")
    with pytest.raises(IntegrityError, match="does not have the patient any more"):
        of_the_log(own)
    with pytest.raises(Refusal, match="not one of your patients"):
        services.log_assistance(own, by=own.agent.member, kind="call", happened_at=timezone.now())
