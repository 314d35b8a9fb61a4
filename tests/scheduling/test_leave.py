"""Leave that re-books: every visit in its way is listed, moved or cancelled; nobody is forgotten."""

import datetime
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.jobs import offer_free_times
from scheduling.models import (
    Appointment,
    AvailabilityException,
    AvailabilityRule,
    Slot,
    Status,
    WaitingListEntry,
    free_slots,
)
from scheduling.services.alternatives import rebookings
from scheduling.services.leave import Choice
from tests.scheduling.factories import (
    AppointmentFactory,
    DoctorFactory,
    ExceptionFactory,
    MemberFactory,
    PatientFactory,
    RuleFactory,
    doctor_with_hours,
    free_times,
    in_state,
)

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
DAY = datetime.timedelta(days=1)


def text(answer: Any) -> str:
    """The page as text; it must be a page."""
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def slots_on(doctor: Any, days: int = 3) -> list[Slot]:
    """The doctor's free times on one day to come."""
    day = timezone.localdate() + days * DAY
    return [slot for slot in free_times(doctor) if timezone.localdate(slot.starts_at) == day]


def booked(slot: Slot, patient: Any = None, **facts: Any) -> Appointment:
    """A visit at this time."""
    from accounts.members.models import DoctorProfile

    doctor = DoctorProfile.objects.get(pk=slot.doctor_id)
    return services.book_appointment(
        by=None,
        doctor=doctor,
        patient=patient or PatientFactory(),
        starts_at=slot.starts_at,
        tell=False,
        **facts,
    )


def take_leave(doctor: Any, days: int = 3, length: int = 1) -> AvailabilityException:
    """The doctor is away on one day to come, or several."""
    first = timezone.localdate() + days * DAY
    starts = timezone.make_aware(datetime.datetime.combine(first, datetime.time()))
    return services.add_availability_exception(
        by=None, doctor=doctor, kind="leave", starts_at=starts, ends_at=starts + length * DAY
    )


def listed() -> list[Any]:
    """The visits in the way with their alternatives, as the page has them."""
    return rebookings(list(Appointment.objects.stranded().with_people()))


def twelve() -> tuple[Any, list[Appointment]]:
    """A doctor with twelve visits on one day, and leave entered over them."""
    doctor = doctor_with_hours()
    visits = [booked(slot) for slot in slots_on(doctor)[:12]]
    take_leave(doctor)
    return doctor, visits


def test_leave_over_twelve_visits_lists_all_and_moves_all_with_one_click(client_for: Browser) -> None:
    doctor = doctor_with_hours()
    visits = [booked(slot) for slot in slots_on(doctor)[:12]]
    browser = client_for(doctor.member)
    day = timezone.localdate(visits[0].starts_at)
    leave = {"kind": "leave", "starts_at": f"{day}T00:00", "ends_at": f"{day}T23:59", "reason": "Wedding"}
    entered = browser.send(reverse("scheduling:add_availability_exception", args=[doctor.pk]), leave)
    page = reverse("scheduling:stranded_visits")
    assert entered["Location"] == page
    shown = text(browser.get(page))
    rows = listed()
    for visit in visits:
        assert visit.patient.name.split()[0] in shown
        assert f'name="visits" value="{visit.pk}"' in shown
    proposals = [row.proposal for row in rows]
    assert all(proposals)
    assert shown.count("<option") >= 12 * 3
    data = {"visits": [str(visit.pk) for visit in visits]}
    data |= {str(row.visit.pk): row.proposal.value for row in rows}
    assert browser.send(reverse("scheduling:move_stranded_visits"), data)["Location"] == page
    assert Counter(Appointment.objects.values_list("status", flat=True)) == {
        Status.RESCHEDULED: 12,
        Status.BOOKED: 12,
    }
    assert not Appointment.objects.stranded().exists()
    letters = OutboxMessage.objects.all()
    assert len(letters) == 12
    assert {letter.recipient for letter in letters} == {visit.patient.member.email for visit in visits}
    assert "Every visit has its time" in text(browser.get(page))


def test_all_twelve_are_cancelled_with_one_click_and_each_patient_told_once(client_for: Browser) -> None:
    _doctor, visits = twelve()
    browser = client_for(MemberFactory())
    data = {"visits": [str(visit.pk) for visit in visits]}
    browser.send(reverse("scheduling:cancel_stranded_visits"), data)
    assert set(Appointment.objects.values_list("status", flat=True)) == {Status.CANCELLED}
    assert OutboxMessage.objects.count() == 12


def test_a_patient_with_several_visits_gets_one_message_about_all() -> None:
    doctor = doctor_with_hours()
    patient = PatientFactory()
    first, second, third = (booked(slot, patient) for slot in slots_on(doctor)[:6:2])
    take_leave(doctor)
    rows = {row.visit.pk: row.proposal for row in listed()}
    outcome = services.move_stranded_visits(
        by=None,
        choices={
            visit.pk: Choice(rows[visit.pk].doctor.pk, rows[visit.pk].slot.starts_at)
            for visit in (first, second, third)
        },
    )
    assert (len(outcome.changes), outcome.refused) == (3, [])
    (letter,) = OutboxMessage.objects.all()
    assert letter.body.count("has a new time") == 3
    for change in outcome.changes:
        assert change.new.token in letter.body


def test_one_visit_is_moved_by_its_own_button_and_the_others_stay(client_for: Browser) -> None:
    _doctor, visits = twelve()
    row = listed()[4]
    data = {"visits": [str(visit.pk) for visit in visits], "only": str(row.visit.pk)}
    data |= {str(row.visit.pk): row.proposal.value}
    client_for(MemberFactory()).send(reverse("scheduling:move_stranded_visits"), data)
    row.visit.refresh_from_db()
    assert row.visit.rescheduled_to.starts_at == row.proposal.slot.starts_at
    assert Appointment.objects.stranded().count() == 11


def test_no_two_visits_get_the_same_proposal_and_the_nearest_comes_first() -> None:
    twelve()
    rows = listed()
    taken = [(row.proposal.doctor.pk, row.proposal.slot.starts_at) for row in rows]
    assert len(set(taken)) == 12
    for row in rows:
        gaps = [abs(choice.slot.starts_at - row.visit.starts_at) for choice in row.same_doctor[1:]]
        assert gaps == sorted(gaps)
        assert not {(choice.doctor.pk, choice.slot.starts_at) for choice in row.same_doctor[1:]} & set(taken)


def test_a_colleague_of_the_same_specialisation_is_proposed_when_the_doctor_has_nothing() -> None:
    colleagues = {}
    for subject in ("Eyes", "Teeth"):
        doctor, colleagues[subject] = (doctor_with_hours(specialisation=subject) for _number in range(2))
        doctor_with_hours(specialisation=subject, is_bookable=False)
        booked(slots_on(doctor)[0])
        take_leave(doctor, days=0, length=60)
    rows = listed()
    assert len(rows) == 2
    for row in rows:
        assert row.same_doctor == []
        assert row.proposal.slot.starts_at == row.visit.starts_at
        assert {choice.doctor for choice in row.colleagues} == {colleagues[row.visit.doctor.specialisation]}


def test_nobody_is_proposed_a_time_at_which_the_same_patient_is_elsewhere() -> None:
    doctor, patient = doctor_with_hours(specialisation="Eyes"), PatientFactory()
    other = doctor_with_hours(specialisation="Teeth")
    booked(slots_on(doctor)[0], patient)
    take_leave(doctor)
    (row,) = listed()
    nearest = row.proposal.slot
    assert nearest.starts_at == slots_on(doctor, 2)[-1].starts_at
    booked(nearest._replace(doctor_id=other.pk), patient)
    (row,) = listed()
    assert nearest.starts_at not in {choice.slot.starts_at for choice in row.same_doctor}


def test_nobody_who_comes_next_week_is_moved_to_this_very_day() -> None:
    with time_machine.travel(timezone.localtime().replace(hour=12), tick=False):
        doctor = doctor_with_hours()
        AvailabilityRule.objects.filter(doctor=doctor).update(valid_from=timezone.localdate())
        booked(slots_on(doctor)[0])
        take_leave(doctor, days=1, length=60)
        assert free_slots([doctor.pk], timezone.localdate(), timezone.localdate())
        (row,) = listed()
        assert row.same_doctor == []


def test_a_visit_keeps_its_place_where_times_of_several_places_are_free() -> None:
    doctor = doctor_with_hours()
    RuleFactory(doctor=doctor, weekday=1, starts=datetime.time(19), ends=datetime.time(21), mode="virtual")
    slot = next(slot for slot in free_times(doctor, 14) if slot.mode == "virtual")
    booked(slot, mode="virtual")
    take_leave(doctor, (timezone.localdate(slot.starts_at) - timezone.localdate()).days)
    (row,) = listed()
    assert {choice.slot.mode for choice in row.same_doctor} == {"virtual"}


def test_what_fails_stays_listed_with_its_reason_and_the_rest_is_done(client_for: Browser) -> None:
    doctor, visits = twelve()
    rows = listed()
    AppointmentFactory(
        doctor=doctor, starts_at=rows[0].proposal.slot.starts_at, ends_at=rows[0].proposal.slot.ends_at
    )
    data = {"visits": [str(visit.pk) for visit in visits]}
    data |= {str(row.visit.pk): row.proposal.value for row in rows}
    browser = client_for(MemberFactory())
    page = text(browser.send(reverse("scheduling:move_stranded_visits"), data, follow=True))
    assert "11 visits are moved" in page
    assert page.count("This time is not free any more") == 2
    assert list(Appointment.objects.stranded()) == [rows[0].visit]
    assert OutboxMessage.objects.count() == 11


@pytest.mark.parametrize("typed", ["", "nonsense", "9999-01-01", "0 2027-01-01T10:00", "{doctor} soon"])
def test_a_choice_that_cannot_be_read_moves_nobody(client_for: Browser, typed: str) -> None:
    doctor = doctor_with_hours()
    visit = booked(slots_on(doctor)[0])
    take_leave(doctor)
    chosen = typed.format(doctor=doctor.pk)
    data = {"visits": [str(visit.pk)], str(visit.pk): chosen, "only": str(visit.pk)}
    page = text(
        client_for(MemberFactory()).send(reverse("scheduling:move_stranded_visits"), data, follow=True)
    )
    assert "Choose another time" in page
    assert Appointment.objects.get() == visit


@pytest.mark.parametrize("data", [{}, {"visits": "x"}, {"only": "x"}, {"visits": ["{", "\x00"]}])
def test_a_form_without_visits_changes_nothing(client_for: Browser, data: dict[str, Any]) -> None:
    browser = client_for(MemberFactory())
    for verb in ("move_stranded_visits", "cancel_stranded_visits"):
        assert browser.send(reverse(f"scheduling:{verb}"), data).status_code == 302
        assert browser.get(reverse(f"scheduling:{verb}")).status_code == 405


def test_a_visit_that_is_not_in_the_way_cannot_be_settled_there() -> None:
    visit = booked(slots_on(doctor_with_hours())[0])
    outcome = services.cancel_stranded_visits(by=None, visits=[visit.pk])
    assert [refused.visit for refused in outcome.refused] == [visit]
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED
    assert not OutboxMessage.objects.exists()


def test_an_offer_in_the_way_is_withdrawn_and_the_wish_waits_on() -> None:
    doctor = doctor_with_hours()
    wish = services.join_waiting_list(by=None, patient=PatientFactory(), doctor=doctor)
    offer = wish.appointment
    days = (timezone.localdate(offer.starts_at) - timezone.localdate()).days
    take_leave(doctor, days, length=1)
    offer.refresh_from_db()
    assert offer.status == Status.CANCELLED
    wish = WaitingListEntry.objects.get()
    assert wish.status == "waitlist" or wish.appointment != offer
    assert not Appointment.objects.in_the_way().exists()


def test_an_offer_made_while_leave_was_being_entered_is_withdrawn_within_the_minute() -> None:
    offer = in_state(Status.PROPOSED)
    ExceptionFactory(doctor=offer.doctor, starts_at=offer.starts_at - DAY, ends_at=offer.starts_at + DAY)
    offer_free_times.func.__wrapped__()  # type: ignore[union-attr]
    offer.refresh_from_db()
    assert offer.status == Status.CANCELLED
    assert WaitingListEntry.objects.get().status == "waitlist"
    assert [letter.kind for letter in OutboxMessage.objects.all()] == ["offer_withdrawn"]


def test_as_long_as_somebody_is_stranded_the_day_and_the_hours_say_so(client_for: Browser) -> None:
    doctor = doctor_with_hours()
    visit = booked(slots_on(doctor)[0])
    browser = client_for(MemberFactory(role=Role.ADMIN))
    link = reverse("scheduling:stranded_visits")
    pages = [
        reverse("scheduling:day"),
        reverse("scheduling:doctor_availability", args=[doctor.pk]),
        reverse("scheduling:closing_days"),
    ]
    for page in pages:
        assert link not in text(browser.get(page))
    leave = take_leave(doctor)
    for page in pages:
        assert link in text(browser.get(page))
        assert "1 visit falls into leave" in text(browser.get(page))
    services.remove_availability_exception(leave, by=None)
    for page in pages:
        assert link not in text(browser.get(page))
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED


def test_only_visits_that_are_not_over_and_hold_their_time_are_stranded() -> None:
    doctor, now = DoctorFactory(), timezone.now()
    ExceptionFactory(doctor=doctor, starts_at=now - 2 * DAY, ends_at=now + 2 * DAY)
    in_state(Status.BOOKED, doctor=doctor, starts_at=now - DAY, ends_at=now - DAY / 2)
    in_state(Status.DECLINED, doctor=doctor, starts_at=now + DAY)
    in_state(Status.PROPOSED, doctor=doctor, starts_at=now + DAY)
    in_state(Status.BOOKED, starts_at=now + DAY)
    in_state(Status.BOOKED, doctor=doctor, starts_at=now + 2 * DAY)
    begun = in_state(Status.CHECKED_IN, doctor=doctor, starts_at=now - DAY / 24, ends_at=now + DAY / 24)
    edge = in_state(Status.BOOKED, doctor=doctor, starts_at=now + 2 * DAY - DAY / 48)
    asked = in_state(Status.PENDING, doctor=doctor, starts_at=now + DAY / 2)
    assert list(Appointment.objects.stranded()) == [begun, asked, edge]


def test_who_is_here_already_is_listed_apart_and_never_cancelled_in_passing(client_for: Browser) -> None:
    doctor, now = doctor_with_hours(), timezone.now()
    here = in_state(Status.ARRIVED, doctor=doctor, starts_at=now, ends_at=now + DAY / 24)
    ExceptionFactory(doctor=doctor, starts_at=now - DAY, ends_at=now + DAY)
    page = text(client_for(MemberFactory()).get(reverse("scheduling:stranded_visits")))
    assert "Patients who are here already" in page
    assert f'value="{here.pk}"' not in page


def test_patients_without_an_address_are_named_for_a_call(client_for: Browser) -> None:
    patient = PatientFactory(member__email="", member__phone="+23412345678")
    doctor = doctor_with_hours()
    visit = booked(slots_on(doctor)[0], patient)
    take_leave(doctor)
    browser = client_for(MemberFactory())
    assert "please call +23412345678" in text(browser.get(reverse("scheduling:stranded_visits")))
    data = {"visits": [str(visit.pk)]}
    page = text(browser.send(reverse("scheduling:cancel_stranded_visits"), data, follow=True))
    assert "+23412345678" in page
    assert OutboxMessage.objects.get().status == "failed"


def test_no_message_about_leave_carries_a_clinical_word() -> None:
    doctor = doctor_with_hours()
    visit = booked(slots_on(doctor)[0], reason="Gonorrhoea")
    take_leave(doctor)
    services.cancel_stranded_visits(by=None, visits=[visit.pk])
    letter = OutboxMessage.objects.get()
    assert "onorrh" not in letter.subject + letter.body
    assert "will not take place" in letter.body
    assert "{" not in letter.body


def test_patients_and_agents_see_none_of_it(client_for: Browser) -> None:
    for person in (PatientFactory().member, MemberFactory(role=Role.AGENT)):
        assert client_for(person).get(reverse("scheduling:stranded_visits")).status_code == 403


def test_the_list_takes_as_many_statements_for_one_visit_as_for_twelve(
    client_for: Browser, django_assert_max_num_queries: Any
) -> None:
    doctor = doctor_with_hours()
    free = slots_on(doctor)
    booked(free[0])
    take = take_leave(doctor)
    browser = client_for(MemberFactory())
    page = reverse("scheduling:stranded_visits")
    browser.get(page)
    with django_assert_max_num_queries(STATEMENTS):
        browser.get(page)
    services.remove_availability_exception(take, by=None)
    for slot in free[1:13]:
        booked(slot)
    take_leave(doctor)
    with django_assert_max_num_queries(STATEMENTS):
        assert text(browser.get(page)).count('name="visits"') == 13


# The session and the member take two of them.
STATEMENTS = 6
