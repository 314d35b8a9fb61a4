"""Branches and rooms: where somebody is seen is one place, and a room is never given to two."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import icalendar
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.members.models import DoctorProfile
from accounts.members.roles import Role
from clinic.db.current import connection
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import (
    Appointment,
    AvailabilityRule,
    Branch,
    Room,
    Status,
    WaitingListEntry,
    free_slots,
)
from scheduling.models.branches import MAIN
from scheduling.models.slots import Slot, Terms
from scheduling.services.alternatives import rebookings
from scheduling.services.branches import free_rooms
from scheduling.services.plans import plan_visits, weekly
from scheduling.services.times import Taken
from tests.scheduling.factories import (
    AppointmentFactory,
    DoctorFactory,
    MemberFactory,
    PatientFactory,
    RuleFactory,
    doctor_with_hours,
    free_times,
    in_state,
)

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
HALF_HOUR, HOUR = datetime.timedelta(minutes=30), datetime.timedelta(hours=1)
ADA = {"given_name": "Ada", "date_of_birth": "1990-02-03", "email": "ada@example.com"}


def a_branch(name: str = "Yaba", **facts: Any) -> Branch:
    return services.add_branch(by=None, name=name, address=f"1 {name} Road", **facts)


def a_room(branch: Branch | None = None, name: str = "Room 1") -> Room:
    return services.add_room(by=None, branch=branch, name=name)


def tomorrow() -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=1)


def at(hour: int, days: int = 0, minute: int = 0) -> datetime.datetime:
    day = tomorrow() + datetime.timedelta(days=days)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))


def works(doctor: DoctorProfile, first: int, last: int, **place: Any) -> None:
    """The doctor's hours on every day from tomorrow on."""
    hours = {"starts": datetime.time(first), "ends": datetime.time(last), "valid_from": tomorrow()}
    AvailabilityRule.objects.bulk_create(
        RuleFactory.build(doctor=doctor, weekday=weekday, **hours, **place) for weekday in range(1, 8)
    )


def at_two_branches() -> tuple[DoctorProfile, Branch]:
    """A doctor who is at the main branch from nine to eleven, and at another one from eleven to one."""
    doctor, branch = DoctorFactory(), a_branch(latitude=Decimal("6.5"), longitude=Decimal("3.4"))
    works(doctor, 9, 11)
    works(doctor, 11, 13, branch=branch)
    return doctor, branch


def book(doctor: DoctorProfile, starts_at: datetime.datetime, **facts: Any) -> Appointment:
    patient = facts.pop("patient", None) or PatientFactory()
    return services.book_appointment(by=None, doctor=doctor, patient=patient, starts_at=starts_at, **facts)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


# What may be stored


def test_a_room_is_never_given_to_two_visits_at_once() -> None:
    room = a_room()
    first = AppointmentFactory(room=room, starts_at=at(9))
    with pytest.raises(IntegrityError), transaction.atomic():
        AppointmentFactory(room=room, starts_at=at(9, minute=15))
    # Back to back, after the visit was called off, and elsewhere, it may.
    AppointmentFactory(room=room, starts_at=at(9, minute=30))
    AppointmentFactory(room=a_room(name="Room 2"), starts_at=at(9))
    services.cancel_appointment(first, by=MemberFactory())
    AppointmentFactory(room=room, starts_at=at(9))


@pytest.mark.parametrize("model", ["appointment", "rule"])
def test_a_room_of_another_branch_is_refused(model: str) -> None:
    room = a_room(a_branch())
    make = AppointmentFactory if model == "appointment" else RuleFactory
    for branch in (None, a_branch("Ikeja")):
        with pytest.raises(IntegrityError, match="another branch"), transaction.atomic():
            make(room=room, branch=branch)
    make(room=room, branch=room.branch)


def test_neither_the_branch_of_a_visit_nor_that_of_a_room_changes() -> None:
    branch = a_branch()
    visit, room = AppointmentFactory(branch=branch), a_room(branch)
    with pytest.raises(IntegrityError, match="moved by making a new one"), transaction.atomic():
        Appointment.objects.filter(pk=visit.pk).update(branch=None)
    with pytest.raises(IntegrityError, match="stays in its branch"), transaction.atomic():
        Room.objects.filter(pk=room.pk).update(branch=None)


def test_what_is_retired_has_no_hours_and_what_has_hours_is_not_retired() -> None:
    branch = a_branch()
    room, doctor = a_room(branch), DoctorFactory()
    rule = RuleFactory(doctor=doctor, branch=branch, room=room)
    for record, retire in ((branch, services.retire_branch), (room, services.retire_room)):
        with pytest.raises(Refusal, match="still have hours"):
            retire(record, by=None)
        with pytest.raises(IntegrityError, match="still have hours"), transaction.atomic():
            type(record).objects.filter(pk=record.pk).update(is_active=False)
    services.remove_availability_rule(rule, by=None)
    visit = AppointmentFactory(branch=branch, room=room)
    with pytest.raises(Refusal, match="visits ahead"):
        services.retire_room(room, by=None)
    services.cancel_appointment(visit, by=MemberFactory())
    services.retire_room(room, by=None)
    services.retire_branch(branch, by=None)
    for place in ({"branch": branch}, {"branch": branch, "room": room}):
        with pytest.raises(IntegrityError, match="no longer in use"), transaction.atomic():
            RuleFactory(doctor=doctor, **place)
    with pytest.raises(Refusal, match="no longer in use"):
        a_room(branch, "Room 2")


def test_two_doctors_do_not_have_the_same_room_at_the_same_hours() -> None:
    room, hours = a_room(), {"weekday": 1, "starts": datetime.time(9), "ends": datetime.time(12)}
    services.add_availability_rule(by=None, doctor=DoctorFactory(), room=room, **hours)
    other = {"by": None, "doctor": DoctorFactory(), "room": room}
    with pytest.raises(Refusal, match="Another doctor has this room"):
        services.add_availability_rule(**other, **hours)
    services.add_availability_rule(**other, weekday=1, starts=datetime.time(12), ends=datetime.time(14))
    services.add_availability_rule(**other, weekday=2, starts=datetime.time(9), ends=datetime.time(12))


def test_a_doctor_is_not_at_two_branches_at_once() -> None:
    doctor, branch = DoctorFactory(), a_branch()
    works(doctor, 9, 12)
    extra = {"by": None, "doctor": doctor, "kind": "extra", "slot_minutes": 30}
    with pytest.raises(Refusal, match="at another branch") as refusal:
        services.add_availability_exception(**extra, starts_at=at(11), ends_at=at(14), branch=branch)
    assert refusal.value.field == "branch"
    # At the same branch, and before or after, it is an opening like any other.
    services.add_availability_exception(**extra, starts_at=at(11), ends_at=at(12))
    services.add_availability_exception(**extra, starts_at=at(12), ends_at=at(14), branch=branch)
    weekday = tomorrow().isoweekday()
    with pytest.raises(Refusal, match="at another branch"):
        services.add_availability_rule(
            by=None, doctor=doctor, weekday=weekday, starts=datetime.time(13), ends=datetime.time(15)
        )


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"latitude": Decimal(6)}, "both coordinates"),
        ({"name": "Yaba"}, "already a branch"),
        ({"name": ""}, "a name"),
        ({"address": ""}, "where the branch is"),
    ],
)
def test_half_a_place_is_refused(facts: dict[str, Any], why: str) -> None:
    a_branch()
    with pytest.raises((Refusal, ValidationError), match=why):
        services.add_branch(by=None, **{"name": "Ikeja", "address": "1 Allen Avenue", **facts})


# Free times and visits


def test_free_times_are_those_of_the_branch_that_is_asked_for() -> None:
    doctor, branch = at_two_branches()
    every = free_slots([doctor.pk], tomorrow(), tomorrow())
    assert [slot.branch for slot in every] == [None] * 4 + [branch] * 4
    main, there = (
        free_slots([doctor.pk], tomorrow(), tomorrow(), terms=Terms(branch=key)) for key in (MAIN, branch.key)
    )
    assert main + there == every


def test_a_visit_is_at_the_branch_of_its_hours_and_costs_no_statement_more(
    django_assert_max_num_queries: Any,
) -> None:
    doctor, branch = at_two_branches()
    patient = PatientFactory(member__email="a@b.example", member__user=None)
    connection.tenant.host()
    with django_assert_max_num_queries(4):
        visit = book(doctor, at(11, days=3), patient=patient)
    visit.refresh_from_db()
    assert visit.branch == branch
    letter = OutboxMessage.objects.get(about_id=visit.pk)
    assert "Where: Yaba, 1 Yaba Road" in letter.body
    event = icalendar.Calendar.from_ical(letter.calendar).walk("VEVENT")[0]
    assert str(event["LOCATION"]).endswith("Yaba, 1 Yaba Road")
    assert event["GEO"].to_ical() == "6.5;3.4"


def test_a_text_message_names_the_branch_in_a_word() -> None:
    doctor, branch = at_two_branches()
    patient = PatientFactory(member__user=None, member__email="", member__phone="+2348031234567")
    visit = book(doctor, at(11), patient=patient)
    assert f"{doctor.name}, {branch.name}. " in OutboxMessage.objects.get(about_id=visit.pk).body


def test_a_visit_is_not_half_at_one_branch_and_half_at_another() -> None:
    doctor, branch = at_two_branches()
    with pytest.raises(Refusal, match="does not work at this time"):
        book(doctor, at(10, minute=45), minutes=30)
    with pytest.raises(Refusal, match="does not work at this time"):
        book(doctor, at(9), minutes=30, branch=branch.key)
    visit = book(doctor, at(10, minute=30), minutes=30)
    assert visit.branch is None
    with pytest.raises(Refusal, match="does not work that long"):
        services.resize_appointment(visit, minutes=45, by=MemberFactory())


def test_a_time_that_is_at_another_branch_by_now_is_refused() -> None:
    doctor, branch = at_two_branches()
    with pytest.raises(Refusal):
        book(doctor, at(9), branch=branch.key)
    assert book(doctor, at(11), branch=branch.key).branch == branch


def test_a_room_that_is_taken_leaves_no_free_time_in_it() -> None:
    room, one, other = a_room(), DoctorFactory(), DoctorFactory()
    works(one, 9, 12, room=room)
    visit = AppointmentFactory(doctor=other, room=room, starts_at=at(10))
    starts = [slot.starts_at for slot in free_times(one, 0)]
    assert at(9) in starts
    assert at(10) not in starts
    # Not offered, and not to be had by any other way either.
    with pytest.raises(Taken):
        book(one, at(10))
    with pytest.raises(Taken):
        book(one, at(10), minutes=30)
    services.cancel_appointment(visit, by=MemberFactory())
    assert book(one, at(10)).room == room


def test_who_overbooks_gets_no_room_that_another_has() -> None:
    room, doctor = a_room(), DoctorFactory()
    works(doctor, 9, 12, room=room)
    first = book(doctor, at(9))
    beside = book(doctor, at(9), minutes=10, overbook_reason="Fever")
    assert (first.room, beside.room, beside.is_overbooked) == (room, None, True)
    # Where only the room is taken nothing stands beside anything.
    AppointmentFactory(room=room, starts_at=at(10))
    alone = book(doctor, at(10), minutes=30, overbook_reason="Fever")
    assert (alone.room, alone.is_overbooked) == (None, False)


def test_the_desk_gives_a_visit_a_free_room_of_its_branch() -> None:
    branch, by = a_branch(), MemberFactory()
    one, two = a_room(branch), a_room(branch, "Room 2")
    elsewhere = a_room(None, "Room 9")
    visit = AppointmentFactory(branch=branch, starts_at=at(9))
    AppointmentFactory(branch=branch, room=two, starts_at=at(9, minute=15))
    assert free_rooms(visit) == [one]
    assert services.assign_room(visit, room=one, by=by).room == one
    for room, why in ((two, "room is taken"), (elsewhere, "another branch")):
        with pytest.raises(Refusal, match=why) as refusal:
            services.assign_room(visit, room=room, by=by)
        assert refusal.value.field == "room"
    assert services.assign_room(visit, room=None, by=by).room is None
    over = in_state(Status.FULFILLED, branch=branch, starts_at=timezone.now() - HOUR)
    with pytest.raises(Refusal, match="still to take place"):
        services.assign_room(over, room=one, by=by)


def test_a_visit_does_not_grow_into_the_next_one_of_its_room() -> None:
    room, doctor = a_room(), DoctorFactory()
    works(doctor, 9, 12, room=room)
    visit = book(doctor, at(9))
    AppointmentFactory(room=room, starts_at=at(9, minute=30))
    with pytest.raises(Refusal, match="room is taken"):
        services.resize_appointment(visit, minutes=45, by=MemberFactory())


def test_who_comes_after_all_finds_the_room_given_away_and_is_seen_without_one() -> None:
    room = a_room()
    missed = in_state(Status.NOSHOW, room=room, starts_at=timezone.now() - HALF_HOUR)
    AppointmentFactory(room=room, starts_at=missed.starts_at)
    arrived = services.mark_arrived(missed, by=MemberFactory())
    assert (arrived.status, arrived.room) == (Status.ARRIVED, None)


def test_moved_visits_series_and_proposals_stay_at_their_branch() -> None:
    doctor, branch = at_two_branches()
    visit = book(doctor, at(11))
    (rebooking,) = rebookings([visit])
    assert {each.slot.branch for each in rebooking.same_doctor} == {branch}
    planned = plan_visits(doctor, PatientFactory(), weekly(at(9), 1, 2), Terms(branch=branch.key))
    assert all(slot.branch == branch for one in planned for slot in one.proposals)
    series = services.book_series(
        by=None,
        doctor=doctor,
        patient=PatientFactory(),
        every_weeks=1,
        times={0: at(12), 1: at(12, days=7)},
        branch=branch.key,
    )
    first = series.appointments.order_by("starts_at").first()
    with pytest.raises(Refusal):
        services.move_series(first, by=None, times={first.pk: at(9, days=1)})
    moved = services.reschedule_appointment(visit, by=None, starts_at=at(9, days=2))
    assert moved.branch is None


@pytest.mark.parametrize("wants_branch", [True, False])
def test_who_waits_for_a_branch_is_offered_times_there(wants_branch: bool) -> None:
    doctor, branch = at_two_branches()
    wish = {"any_branch": False, "branch": branch if wants_branch else None}
    entry = services.join_waiting_list(by=None, patient=PatientFactory(), doctor=doctor, **wish)
    assert entry.appointment.branch == wish["branch"]


def test_a_wish_for_any_branch_names_none() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        WaitingListEntry.objects.create(patient=PatientFactory(), doctor=DoctorFactory(), branch=a_branch())


# The pages


def test_patients_choose_a_branch_only_where_there_are_several(anonymous: Browser, acme: Any) -> None:
    doctor, browser = doctor_with_hours(), anonymous(acme)
    page = reverse("scheduling:choose_time", args=[doctor.pk])
    for address in ("/", page):
        assert "Any branch" not in text(browser.get(address))
    other = DoctorFactory()
    works(other, 9, 11, branch=a_branch())
    assert "Any branch" in text(browser.get("/"))
    assert "Any branch" not in text(browser.get(page))


def test_patients_book_at_a_branch_and_are_told_where_it_is(anonymous: Browser, acme: Any) -> None:
    doctor, branch = at_two_branches()
    browser = anonymous(acme)
    page = text(browser.get(reverse("scheduling:choose_time", args=[doctor.pk]), {"branch": branch.key}))
    assert "11:00" in page
    assert "09:00" not in page
    ask = reverse("scheduling:request_appointment", args=[doctor.pk])
    chosen = {"at": at(11).isoformat(), "branch": branch.key}
    assert branch.where in text(browser.get(ask, chosen))
    asked = {**ADA, "starts_at": at(11).isoformat(), "branch": branch.key}
    answer = browser.send(ask, asked, follow=True)
    assert branch.where in text(answer)
    # The page was open while the doctor's hours went to the other branch.
    late = browser.send(ask, asked | {"starts_at": at(9).isoformat()})
    assert "not free any more" in text(late)


def test_the_nearest_branch_comes_first_and_is_chosen(anonymous: Browser, acme: Any) -> None:
    doctor, branch = at_two_branches()
    far = a_branch("Abuja", latitude=Decimal("9.08"), longitude=Decimal("7.4"))
    works(doctor, 14, 16, branch=far)
    page = text(anonymous(acme).get("/", {"near": "9.1,7.4"}))
    assert page.index("Abuja") < page.index(branch.name)
    assert "2.2 km" in page
    assert f"branch={far.pk}" in page


def test_the_day_and_the_calendar_are_those_of_a_branch_or_a_room(client_for: Browser) -> None:
    doctor, branch = at_two_branches()
    room = a_room(branch)
    here, there = book(doctor, at(9)), book(doctor, at(11))
    services.assign_room(there, room=room, by=None)
    browser = client_for(MemberFactory(role=Role.RECEPTIONIST))
    for name, facts in (("day", {}), ("calendar", {"view": "day"}), ("print_day", {})):
        address, asked = reverse(f"scheduling:{name}"), {"on": tomorrow(), **facts}
        names = {visit: visit.patient.name for visit in (here, there)}
        for where, expected in ((branch.key, there), (str(room.pk), there), (MAIN, here)):
            page = text(browser.get(address, asked | {"where": where}))
            assert [visit for visit in names if names[visit] in page] == [expected], (name, where)
        page = text(browser.get(address, asked))
        assert all(each in page for each in names.values())


def test_the_hours_ask_where_only_if_there_is_a_choice(client_for: Browser) -> None:
    doctor = doctor_with_hours()
    browser = client_for(MemberFactory(role=Role.ADMIN))
    page = reverse("scheduling:doctor_availability", args=[doctor.pk])
    assert "Branch and room" not in text(browser.get(page))
    branch = a_branch()
    room = a_room(branch)
    assert "Yaba · Room 1" in text(browser.get(page))
    rule = AvailabilityRule.objects.filter(doctor=doctor).first()
    kept = {
        "weekday": rule.weekday,
        "starts": "08:00",
        "ends": "12:00",
        "slot_minutes": 30,
        "mode": "in_person",
    }
    change = reverse("scheduling:update_availability_rule", args=[rule.pk])
    browser.send(change, kept | {"valid_from": rule.valid_from, "where": str(room.pk)})
    rule.refresh_from_db()
    assert (rule.branch, rule.room) == (branch, room)
    answer = text(browser.get(change))
    assert f'value="{room.pk}" selected' in answer
    hours = {**kept, "weekdays": [rule.weekday], "valid_from": rule.valid_from, "where": str(room.pk)}
    other = DoctorFactory()
    refused = browser.send(reverse("scheduling:add_availability_rule", args=[other.pk]), hours)
    assert "Another doctor has this room" in text(refused)


def test_a_visit_is_given_its_room_on_a_page(client_for: Browser) -> None:
    visit, browser = AppointmentFactory(starts_at=at(9)), client_for(MemberFactory(role=Role.RECEPTIONIST))
    page = reverse("scheduling:appointment", args=[visit.pk])
    assert "Choose the room" not in text(browser.get(page))
    room, taken = a_room(), a_room(None, "Room 2")
    AppointmentFactory(room=taken, starts_at=at(9))
    choose = reverse("scheduling:assign_room", args=[visit.pk])
    assert choose in text(browser.get(page))
    offered = text(browser.get(choose))
    assert "Room 2" not in offered
    assert "No room in particular" in offered
    assert "Somebody else has this room" in text(browser.send(choose, {"room": taken.pk}))
    assert browser.send(choose, {"room": room.pk}).status_code == 302
    visit.refresh_from_db()
    assert visit.room == room


def test_branches_and_rooms_are_added_changed_retired_and_reopened(client_for: Browser) -> None:
    browser = client_for(MemberFactory(role=Role.ADMIN))
    listing = reverse("scheduling:branch_list")
    assert "No rooms yet" in text(browser.get(listing))
    browser.send(reverse("scheduling:add_branch"), {"name": "Ikeja", "address": "5 Allen Avenue"})
    branch = Branch.objects.get(name="Ikeja")
    refused = text(
        browser.send(reverse("scheduling:add_branch"), {"name": "Ikeja", "address": "6 Allen Avenue"})
    )
    assert "already a branch with this name" in refused
    assert "6 Allen Avenue" in refused
    browser.send(f"{reverse('scheduling:add_room')}?branch={branch.pk}", {"name": "Ultrasound"})
    room = Room.objects.get(branch=branch)
    browser.send(reverse("scheduling:update_room", args=[room.pk]), {"name": "Scan", "purpose": "Ultrasound"})
    browser.send(reverse("scheduling:retire_room", args=[room.pk]))
    browser.send(reverse("scheduling:retire_branch", args=[branch.pk]))
    room.refresh_from_db()
    assert (room.name, room.is_active) == ("Scan", False)
    browser.send(reverse("scheduling:reopen_branch", args=[branch.pk]))
    browser.send(reverse("scheduling:reopen_room", args=[room.pk]))
    assert "Scan" in text(browser.get(listing))


def test_a_slot_says_its_branch() -> None:
    slot = Slot(DoctorFactory.build().pk, at(9), at(10), branch=Branch(name="Yaba"))
    assert slot.place_note == "Yaba"
