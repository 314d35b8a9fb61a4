"""The queue's pages, as desk, caller and waiting room use them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.members.roles import Role
from clinic.db.current import connection
from clinic.models import Refusal
from scheduling.queue import services
from scheduling.queue.models import Department, Priority, QueueEntry, Status
from tests.people import DoctorFactory, PatientFactory, StaffFactory, with_login
from tests.scheduling.queue.factories import DepartmentFactory, TicketFactory, in_state

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]
HTMX = {"HTTP_HX_REQUEST": "true"}


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def desk(client_for: Client) -> Any:
    return client_for(with_login(StaffFactory()))


@pytest.fixture
def admin(client_for: Client) -> Any:
    return client_for(with_login(StaffFactory(role=Role.ADMIN)))


def hand_out(browser: Any, **data: Any) -> Any:
    return browser.send(reverse("queue:take_ticket"), {"priority": Priority.ROUTINE, **data})


# --- The desk ------------------------------------------------------------------------------------


def test_one_click_gives_a_number_and_leads_to_its_slip(desk: Any) -> None:
    department = DepartmentFactory(prefix="A", name="Surgery")
    answer = desk.get(hand_out(desk, department=department.pk)["Location"])
    assert "A-001" in text(answer)
    assert reverse("queue:slip", args=[QueueEntry.objects.get().pk]) in text(answer)


def test_a_patient_who_was_found_gets_the_number(desk: Any) -> None:
    department, patient = DepartmentFactory(), PatientFactory(given_name="Zebulon")
    found = desk.get(reverse("queue:queue"), {"q": "zebu"})
    assert f"?patient={patient.pk}" in text(found)
    chosen = desk.get(reverse("queue:queue"), {"patient": patient.pk})
    assert f'value="{patient.pk}"' in text(chosen)
    hand_out(desk, department=department.pk, patient=patient.pk, reason="Cough")
    assert QueueEntry.objects.get(patient=patient).reason == "Cough"


def test_what_is_refused_is_said_and_what_was_typed_is_kept(desk: Any) -> None:
    department, patient = DepartmentFactory(), PatientFactory()
    TicketFactory(department=department, patient=patient)
    answer = hand_out(desk, department=department.pk, patient=patient.pk, reason="Again")
    assert answer.status_code == 200
    assert "already has a number here today" in text(answer)
    assert 'value="Again"' in text(answer)


@pytest.mark.parametrize(
    "data",
    [
        {"department": "nothing"},
        {},
        {"department": "00000000-0000-0000-0000-000000000000"},
        {"priority": 9},
        {"name": "x" * 101},
        {"name": "Two\nlines"},
        {"patient": "00000000-0000-0000-0000-000000000000"},
    ],
    ids=str,
)
def test_bad_input_is_a_sentence_and_nothing_is_stored(desk: Any, data: dict[str, Any]) -> None:
    department = DepartmentFactory()
    if data and "department" not in data:
        data = {"department": department.pk, **data}
    answer = hand_out(desk, **data)
    assert answer.status_code == 200
    assert re.search(r"invalid-feedback|alert-danger|alert-block", text(answer))
    assert not QueueEntry.objects.exists()


def test_the_slip_names_nobody(desk: Any) -> None:
    ticket = TicketFactory(patient=PatientFactory(given_name="Zebulon"), reason="Rash")
    slip = text(desk.get(reverse("queue:slip", args=[ticket.pk])))
    assert ticket.token in slip
    assert not re.search("Zebulon|Rash", slip)


def test_the_desk_makes_somebody_urgent(desk: Any) -> None:
    ticket = TicketFactory()
    address = reverse("queue:change_priority", args=[ticket.pk])
    assert "Urgent" in text(desk.send(address, {"priority": Priority.URGENT}, follow=True))
    ticket.refresh_from_db()
    assert ticket.priority == Priority.URGENT
    assert "values offered" in text(desk.send(address, {"priority": 7}, follow=True))


def test_without_a_department_the_page_says_what_to_do_next(desk: Any, admin: Any) -> None:
    assert "Ask an administrator" in text(desk.get(reverse("queue:queue")))
    assert reverse("queue:departments") in text(admin.get(reverse("queue:queue")))
    assert "No department yet" in text(desk.get(reverse("queue:call")))


def test_a_part_that_did_not_change_is_not_sent_again(desk: Any) -> None:
    DepartmentFactory()
    page = text(desk.get(reverse("queue:queue")))
    part = re.search(r'hx-get="([^"]*seen=\w+)"', page).group(1)  # type: ignore[union-attr]
    assert desk.get(part, **HTMX).status_code == 204
    ticket = TicketFactory(department=Department.objects.get())
    answer = desk.get(part, **HTMX)
    assert (answer.status_code, ticket.token in text(answer), "<html" in text(answer)) == (200, True, False)


def test_a_suspended_clinic_gives_no_numbers(desk: Any) -> None:
    department = DepartmentFactory()
    connection.tenant.status = "suspended"
    with pytest.raises(Refusal):
        TicketFactory(department=department)


def test_the_day_tells_how_long_each_took(desk: Any) -> None:
    done = in_state("completed")
    page = text(desk.get(reverse("queue:day")))
    assert (done.token in page, "0 min" in page) == (True, True)
    assert "Nobody took a number" in text(desk.get(reverse("queue:day"), {"on": "2026-01-05"}))


def test_the_desk_sees_who_is_called_where(desk: Any) -> None:
    entry = in_state("called", room="Window 5")
    page = text(desk.get(reverse("queue:queue")))
    assert (entry.token in page, "Window 5" in page) == (True, True)


# --- Calling -------------------------------------------------------------------------------------


def station(department: Department, room: str = "Room 1") -> dict[str, Any]:
    return {"department": department.pk, "room": room}


def test_a_caller_calls_sees_and_goes_on(desk: Any) -> None:
    department = DepartmentFactory(prefix="C")
    TicketFactory.create_batch(2, department=department)
    page = desk.send(reverse("queue:call_next"), station(department), follow=True)
    assert "C-001 is called to Room 1." in text(page)
    assert "C-001 is here" in text(page), "the key that calls does not also dismiss"
    first = QueueEntry.objects.get(number=1)
    back = {"next": page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"]}
    page = desk.send(reverse("queue:begin_service", args=[first.pk]), back, follow=True)
    assert "Done, call the next one" in text(page)
    page = desk.send(reverse("queue:call_next"), {**station(department), "done": first.pk}, follow=True)
    assert "C-002 is called to Room 1." in text(page)
    first.refresh_from_db()
    assert first.status == Status.COMPLETED


def test_the_last_one_is_done_even_when_nobody_follows(desk: Any) -> None:
    entry = in_state("in_progress")
    data = {**station(entry.department), "done": entry.pk}
    assert "Nobody is waiting here." in text(desk.send(reverse("queue:call_next"), data, follow=True))
    entry.refresh_from_db()
    assert entry.status == Status.COMPLETED


def test_nobody_is_dismissed_before_it_is_said_whether_they_came(desk: Any) -> None:
    entry = in_state("called", room="Room 1")
    TicketFactory(department=entry.department)
    data = {**station(entry.department), "done": entry.pk}
    assert "already called to this room" in text(desk.send(reverse("queue:call_next"), data, follow=True))
    entry.refresh_from_db()
    assert entry.status == Status.CALLED


def test_a_caller_ends_only_what_is_his_own(desk: Any) -> None:
    entry = in_state("in_progress", room="Room 1")
    page = text(desk.get(reverse("queue:call"), station(entry.department)))
    assert entry.token in page
    assert 'name="done"' not in page


def test_a_caller_comes_back_to_the_last_room(desk: Any) -> None:
    department = DepartmentFactory(name="Laboratory")
    assert "Where do you sit?" in text(desk.get(reverse("queue:call")))
    TicketFactory(department=department)
    desk.send(reverse("queue:call_next"), station(department, "Window 4"))
    assert "Window 4" in text(desk.get(reverse("queue:call")))
    moving = text(desk.get(reverse("queue:call"), {"department": department.pk}))
    assert "Where do you sit?" in moving
    assert "required" not in re.sub("<[^>]*>", "", moving)


@pytest.mark.parametrize("room", ["", "x" * 41])
def test_a_call_without_a_room_is_refused(desk: Any, room: str) -> None:
    ticket = TicketFactory()
    answer = desk.send(reverse("queue:call_next"), station(ticket.department, room), follow=True)
    assert "say to which room" in text(answer)
    ticket.refresh_from_db()
    assert ticket.status == Status.WAITING


def test_a_doctor_begins_the_consultation_of_a_patient_who_was_called(client_for: Client) -> None:
    doctor = client_for(with_login(DoctorFactory()))
    patient = PatientFactory()
    ticket = TicketFactory(patient=patient)
    entry = services.call_next(ticket.department, by=None, room="Room 1")
    services.begin_service(entry, by=None)
    page = text(doctor.get(reverse("queue:call"), station(ticket.department)))
    assert reverse("records:start_walk_in", args=[patient.pk]) in page


def test_a_key_calls_the_next_one(desk: Any) -> None:
    page = text(desk.get(reverse("queue:call"), station(DepartmentFactory())))
    assert re.search(r'<button[^>]*data-key="n"', page)


# --- The screen ----------------------------------------------------------------------------------


def test_the_screen_shows_numbers_and_rooms_to_anybody_and_nothing_else(anonymous: Client, acme: Any) -> None:
    department = DepartmentFactory(prefix="A", name="Surgery")
    patient = PatientFactory(given_name="Zebulon", family_name="Quartz")
    tickets = [
        TicketFactory(department=department, patient=patient, reason="Rash"),
        TicketFactory(department=department, name="Xaver Yule"),
        TicketFactory(department=department, name="Otto Waits"),
    ]
    called = services.call_next(department, by=None, room="Room 7")
    services.begin_service(called, by=None)
    services.call_next(department, by=None, room="Room 8")
    page = text(anonymous(acme).get(reverse("queue:screen")))
    assert all(word in page for word in ("A-001", "Room 7", "A-002", "Room 8", "Surgery"))
    assert not re.search("Zebulon|Quartz|Xaver|Yule|Otto|Rash|A-003", page)
    assert not re.search(patient.number, page)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", page), "an id"
    assert not any(str(ticket.pk) in page for ticket in tickets)


def test_the_screen_of_one_department_shows_only_its_own(anonymous: Client, acme: Any) -> None:
    for letters in ("A", "B"):
        department = DepartmentFactory(prefix=letters)
        TicketFactory(department=department)
        services.call_next(department, by=None, room=f"Room {letters}")
    page = text(anonymous(acme).get(reverse("queue:screen"), {"show": "b"}))
    assert ("B-001" in page, "A-001" in page, "show=B" in page) == (True, False, True)


def test_the_screen_speaks_only_when_somebody_is_called(anonymous: Client, acme: Any) -> None:
    ticket = TicketFactory(department=DepartmentFactory(prefix="P"))
    screen = anonymous(acme)
    page = text(screen.get(reverse("queue:screen")))
    assert "please come to" not in page
    part = re.search(r'hx-get="([^"]*seen=\w+[^"]*)"', page).group(1)  # type: ignore[union-attr]
    address = part.replace("&amp;", "&")
    assert screen.get(address, **HTMX).status_code == 204
    entry = services.call_next(ticket.department, by=None, room="Room 3")
    assert "P-001, please come to Room 3." in text(screen.get(address, **HTMX))
    seen = re.search(r'hx-get="([^"]*)"', text(screen.get(address, **HTMX))).group(1)  # type: ignore[union-attr]
    services.recall_entry(entry, by=None)
    assert "please come to" in text(screen.get(seen.replace("&amp;", "&"), **HTMX))


def test_without_javascript_the_screen_opens_itself_again(anonymous: Client, acme: Any) -> None:
    page = text(anonymous(acme).get(reverse("queue:screen")))
    assert re.search(r'<noscript><meta http-equiv="refresh" content="\d+"></noscript>', page)


# --- Departments ---------------------------------------------------------------------------------


def test_an_administrator_opens_changes_and_closes_departments(admin: Any) -> None:
    admin.send(reverse("queue:add_department"), {"name": "Laboratory", "prefix": "l"})
    department = Department.objects.get(prefix="L")
    admin.send(reverse("queue:update_department", args=[department.pk]), {"name": "Lab", "prefix": "L"})
    admin.send(reverse("queue:retire_department", args=[department.pk]))
    department.refresh_from_db()
    assert (department.name, department.is_active) == ("Lab", False)
    admin.send(reverse("queue:reopen_department", args=[department.pk]))
    department.refresh_from_db()
    assert department.is_active


def test_a_refused_department_is_said_beside_its_field(admin: Any) -> None:
    DepartmentFactory(prefix="L")
    answer = admin.send(reverse("queue:add_department"), {"name": "Laboratory", "prefix": "L"})
    assert "Another department has this letter" in text(answer)
    assert 'value="Laboratory"' in text(answer)


def test_the_desk_sees_departments_but_does_not_change_them(desk: Any) -> None:
    department = DepartmentFactory()
    assert desk.get(reverse("queue:departments")).status_code == 200
    assert desk.send(reverse("queue:retire_department", args=[department.pk])).status_code == 403


# --- The clinic's admin --------------------------------------------------------------------------


def test_the_admin_hands_out_numbers_through_the_service(admin: Any) -> None:
    department = DepartmentFactory(prefix="Z")
    data = {"department": department.pk, "priority": 3}
    admin.post(reverse("admin:queue_queueentry_add"), data)
    assert QueueEntry.objects.get().token == "Z-001"


def test_the_admins_actions_take_the_services_steps(admin: Any) -> None:
    entry = in_state("called")
    data = {"action": "begin_service", "_selected_action": [entry.pk]}
    admin.post(reverse("admin:queue_queueentry_changelist"), data)
    entry.refresh_from_db()
    assert entry.status == Status.IN_PROGRESS
    answer = admin.post(reverse("admin:queue_queueentry_changelist"), data, follow=True)
    assert "no longer possible" in text(answer)


def test_the_admin_shows_a_refused_department_beside_its_field(admin: Any) -> None:
    DepartmentFactory(prefix="L")
    answer = admin.post(reverse("admin:queue_department_add"), {"name": "Other", "prefix": "L"})
    assert "Another department has this letter" in text(answer)
    admin.post(reverse("admin:queue_department_add"), {"name": "Other", "prefix": "O"})
    other = Department.objects.get(prefix="O")
    admin.post(reverse("admin:queue_department_change", args=[other.pk]), {"name": "Renamed", "prefix": "O"})
    other.refresh_from_db()
    assert other.name == "Renamed"
