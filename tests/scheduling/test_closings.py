"""The clinic's closing days, public holidays and rules for booking."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from clinic.db.current import connection
from clinic.models import Refusal
from scheduling import services
from scheduling.models import Appointment, BookingPolicy, ClosingDay, WaitingListEntry, free_slots
from scheduling.models.availability import LONGEST_HORIZON
from tests.scheduling.factories import MemberFactory, PatientFactory, doctor_with_hours, free_times

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
DAY = datetime.timedelta(days=1)


def text(answer: Any) -> str:
    """The page as text; it must be a page."""
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


@pytest.fixture
def admin(client_for: Browser) -> Any:
    """The browser of the clinic's administrator."""
    return client_for(MemberFactory(role=Role.ADMIN))


def close(days: int = 3, length: int = 1) -> ClosingDay:
    """The clinic is closed on one day to come, or several."""
    first = timezone.localdate() + days * DAY
    return services.add_closing_day(
        by=None, name="Stocktaking", first_day=first, last_day=first + (length - 1) * DAY
    )


def days_with_times(doctor: Any, days: int = 7) -> set[datetime.date]:
    """The days on which the doctor has free times."""
    return {timezone.localdate(slot.starts_at) for slot in free_times(doctor, days)}


def test_nobody_is_booked_on_a_closing_day_and_removing_it_opens_again(admin: Any) -> None:
    doctor, today = doctor_with_hours(), timezone.localdate()
    typed = {"first_day": today + 2 * DAY, "last_day": today + 3 * DAY, "name": "Stocktaking"}
    sent = admin.send(reverse("scheduling:add_closing_day"), typed)
    assert sent["Location"] == reverse("scheduling:closing_days")
    assert not {today + 2 * DAY, today + 3 * DAY} & days_with_times(doctor)
    assert {today + DAY, today + 4 * DAY} <= days_with_times(doctor)
    closing = ClosingDay.objects.get()
    assert "Stocktaking" in text(admin.get(reverse("scheduling:closing_days")))
    admin.send(reverse("scheduling:remove_closing_day", args=[closing.pk]))
    assert {today + 2 * DAY, today + 3 * DAY} <= days_with_times(doctor)


def test_patients_read_why_a_day_has_no_times(anonymous: Browser, acme: Any) -> None:
    doctor, closing = doctor_with_hours(), close()
    page = reverse("scheduling:choose_time", args=[doctor.pk])
    on = {"from": timezone.localdate(), "on": closing.first_day}
    assert "The clinic is closed: Stocktaking" in text(anonymous(acme).get(page, on))
    on["on"] = closing.first_day + DAY
    assert "Stocktaking" not in text(anonymous(acme).get(page, on))


def test_closing_a_day_lists_the_visits_of_all_doctors(admin: Any) -> None:
    visits = []
    for doctor in (doctor_with_hours(), doctor_with_hours()):
        slot = next(slot for slot in free_times(doctor) if _days_ahead(slot) == 2)
        visits.append(
            services.book_appointment(
                by=None, doctor=doctor, patient=PatientFactory(), starts_at=slot.starts_at
            )
        )
    day = timezone.localdate() + 2 * DAY
    sent = admin.send(
        reverse("scheduling:add_closing_day"), {"first_day": day, "last_day": day, "name": "Moving"}
    )
    assert sent["Location"] == reverse("scheduling:stranded_visits")
    assert set(Appointment.objects.stranded()) == set(visits)


def _days_ahead(slot: Any) -> int:
    return int((timezone.localdate(slot.starts_at) - timezone.localdate()).days)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"last_day": "2027-03-01"}, "must not be before the first"),
        ({"last_day": "2029-01-01"}, "a year at most"),
        ({"first_day": "2026-01-01", "last_day": "2026-01-02"}, "has passed"),
        ({"first_day": "9999-12-31", "last_day": "9999-12-31"}, "check the year"),
        ({"first_day": "2026-02-30"}, "valid date"),
        ({"name": " "}, "This field is required"),
        ({"name": "a" * 201}, "at most 200"),
    ],
)
def test_impossible_closing_days_are_refused(admin: Any, typed: dict[str, str], sentence: str) -> None:
    data = {"first_day": "2027-03-02", "last_day": "2027-03-03", "name": "Stocktaking", **typed}
    page = text(admin.send(reverse("scheduling:add_closing_day"), data))
    assert sentence in page
    assert data["last_day"] in page
    assert not ClosingDay.objects.exists()


def test_an_offer_on_a_closing_day_is_withdrawn() -> None:
    doctor = doctor_with_hours()
    wish = services.join_waiting_list(by=None, patient=PatientFactory(), doctor=doctor)
    offer = wish.appointment
    close((timezone.localdate(offer.starts_at) - timezone.localdate()).days)
    assert not Appointment.objects.in_the_way().exists()
    assert WaitingListEntry.objects.get().appointment != offer


def test_public_holidays_are_switched_on_and_off(admin: Any) -> None:
    page = reverse("scheduling:closing_days")
    assert "Public holidays are working days" in text(admin.get(page))
    admin.send(reverse("scheduling:close_on_public_holidays"))
    assert BookingPolicy.objects.get().closes_on_public_holidays
    names = set(ClosingDay.objects.holidays().values_list("name", flat=True))
    assert {"Christmas Day", "Democracy Day"} <= names
    assert "Democracy Day" in text(admin.get(page))
    # Switched on twice, by two people at once: the same days.
    before = ClosingDay.objects.count()
    admin.send(reverse("scheduling:close_on_public_holidays"))
    assert ClosingDay.objects.count() == before
    admin.send(reverse("scheduling:work_on_public_holidays"))
    assert not ClosingDay.objects.exists()


def test_the_holidays_are_those_of_the_clinics_country(beta: Any) -> None:
    before = connection.tenant
    connection.set_tenant(beta)
    services.close_on_public_holidays(by=None)
    names = set(ClosingDay.objects.holidays().values_list("name", flat=True))
    connection.set_tenant(before)
    assert "Saint Patrick's Day" in names
    assert "Democracy Day" not in names


def test_a_country_without_a_calendar_says_so(admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.tenant, "country", "AQQ", raising=False)
    with pytest.raises(Refusal, match="not known here"):
        services.close_on_public_holidays(by=None)
    assert not BookingPolicy.objects.filter(closes_on_public_holidays=True).exists()


@pytest.mark.parametrize("on", ["2026-11-21", "2026-12-31", "2027-01-01", "2028-02-29"])
def test_the_holidays_reach_beyond_what_can_be_booked(on: str) -> None:
    with time_machine.travel(f"{on}T10:00:00+00:00", tick=False):
        services.close_on_public_holidays(by=None)
        furthest = timezone.localdate() + LONGEST_HORIZON * DAY
        assert ClosingDay.objects.holidays().filter(first_day__gt=furthest).exists()


def test_the_nightly_job_brings_new_years_and_keeps_decisions() -> None:
    with time_machine.travel("2026-11-21T10:00:00+00:00", tick=False):
        services.close_on_public_holidays(by=None)
        services.work_on_holiday(ClosingDay.objects.get(first_day="2027-01-01"), by=None)
    with time_machine.travel("2027-01-01T02:00:00+00:00", tick=False):
        services.keep_public_holidays()
        assert ClosingDay.objects.filter(first_day="2029-12-25").exists()
        assert not ClosingDay.objects.get(first_day="2027-01-01").is_observed
    assert not ClosingDay.objects.filter(kind="holiday", first_day="2030-01-01").exists()


def test_the_nightly_job_enters_nothing_where_the_clinic_works_on_holidays() -> None:
    services.keep_public_holidays()
    services.close_on_public_holidays(by=None)
    services.work_on_public_holidays(by=None)
    services.keep_public_holidays()
    assert not ClosingDay.objects.exists()


def test_the_clinic_works_on_one_holiday_all_the_same(admin: Any) -> None:
    doctor = doctor_with_hours()
    services.close_on_public_holidays(by=None)
    holiday = ClosingDay.objects.holidays().coming()[0]
    assert not free_slots([doctor.pk], holiday.first_day, holiday.first_day)
    admin.send(reverse("scheduling:work_on_holiday", args=[holiday.pk]))
    assert free_slots([doctor.pk], holiday.first_day, holiday.first_day)
    assert "we work this day" in text(admin.get(reverse("scheduling:closing_days")))
    slot = free_slots([doctor.pk], holiday.first_day, holiday.first_day)[0]
    services.book_appointment(by=None, doctor=doctor, patient=PatientFactory(), starts_at=slot.starts_at)
    assert not Appointment.objects.stranded().exists()
    sent = admin.send(reverse("scheduling:close_on_holiday", args=[holiday.pk]))
    assert sent["Location"] == reverse("scheduling:stranded_visits")
    # Switching everything off and on again keeps what was decided for a single day.
    admin.send(reverse("scheduling:work_on_holiday", args=[holiday.pk]))
    services.work_on_public_holidays(by=None)
    services.close_on_public_holidays(by=None)
    assert not ClosingDay.objects.get(first_day=holiday.first_day).is_observed


def test_a_holiday_is_not_removed_and_a_closing_day_is_no_holiday(admin: Any) -> None:
    services.close_on_public_holidays(by=None)
    holiday, closing = ClosingDay.objects.holidays().first(), close()
    admin.send(reverse("scheduling:remove_closing_day", args=[holiday.pk]))
    admin.send(reverse("scheduling:work_on_holiday", args=[closing.pk]))
    assert ClosingDay.objects.filter(pk=holiday.pk).exists()
    assert ClosingDay.objects.get(pk=closing.pk).is_observed


def test_only_an_administrator_closes_the_clinic_and_the_team_sees_when(client_for: Browser) -> None:
    closing = close()
    desk = client_for(MemberFactory())
    page = text(desk.get(reverse("scheduling:closing_days")))
    assert "Stocktaking" in page
    assert reverse("scheduling:add_closing_day") not in page
    for verb, values in (
        ("add_closing_day", []),
        ("remove_closing_day", [closing.pk]),
        ("close_on_public_holidays", []),
        ("update_booking_policy", []),
    ):
        assert desk.send(reverse(f"scheduling:{verb}", args=values)).status_code == 403
    assert client_for(PatientFactory().member).get(reverse("scheduling:closing_days")).status_code == 403


# --- The rules for booking


RULES = {
    "minimum_notice_hours": "24",
    "horizon_days": "90",
    "unconfirmed_minutes": "60",
    "answer_hours": "12",
    "change_deadline_hours": "24",
    "offer_minutes": "45",
    "most_per_patient": "2",
    "most_per_contact": "3",
    "most_per_address": "6",
    "most_unconfirmed_percent": "10",
    "noshow_after_hours": "3",
}


def test_the_rules_for_booking_are_changed_on_one_page(admin: Any) -> None:
    page = reverse("scheduling:update_booking_policy")
    assert 'name="horizon_days"' in text(admin.get(page))
    assert admin.send(page, RULES)["Location"] == page
    assert admin.send(page, {**RULES, "horizon_days": "30"}).status_code == 302
    policy = BookingPolicy.objects.get()
    assert {name: str(getattr(policy, name)) for name in RULES} == {**RULES, "horizon_days": "30"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("horizon_days", "0"),
        ("horizon_days", "3650"),
        ("minimum_notice_hours", "-1"),
        ("minimum_notice_hours", "100000"),
        ("unconfirmed_minutes", "0"),
        ("answer_hours", ""),
        ("most_per_address", "many"),
        ("most_unconfirmed_percent", "101"),
    ],
)
def test_impossible_rules_are_refused_beside_their_field(admin: Any, name: str, value: str) -> None:
    page = text(admin.send(reverse("scheduling:update_booking_policy"), {**RULES, name: value}))
    assert f'id="error_1_id_{name}"' in page
    assert 'value="45"' in page
    assert not BookingPolicy.objects.exists()


def test_changing_the_rules_keeps_the_switch_of_the_holidays(admin: Any) -> None:
    services.close_on_public_holidays(by=None)
    admin.send(reverse("scheduling:update_booking_policy"), RULES)
    assert BookingPolicy.objects.get().closes_on_public_holidays


# --- In the admin


def test_the_admin_closes_days_through_the_service(admin: Any) -> None:
    add = reverse("admin:scheduling_closingday_add")
    day = timezone.localdate() + 5 * DAY
    data = {"name": "Training", "first_day": day, "last_day": day}
    assert admin.post(add, {**data, "last_day": day - DAY}).status_code == 200
    assert admin.post(add, data).status_code == 302
    closing = ClosingDay.objects.get()
    action = {"action": "remove_closing_day", "_selected_action": [closing.pk]}
    admin.post(reverse("admin:scheduling_closingday_changelist"), action)
    assert not ClosingDay.objects.exists()


def test_the_admin_changes_the_one_row_of_rules(admin: Any) -> None:
    assert admin.get(reverse("admin:scheduling_bookingpolicy_add")).status_code == 403
    services.update_booking_policy(by=None, horizon_days=60)
    change = reverse("admin:scheduling_bookingpolicy_change", args=[BookingPolicy.objects.get().pk])
    assert admin.post(change, {**RULES, "horizon_days": "9999"}).status_code == 200
    assert BookingPolicy.objects.get().horizon_days == 60
    assert admin.post(change, {**RULES, "horizon_days": "30"}).status_code == 302
    assert BookingPolicy.objects.get().horizon_days == 30
