"""Kinds of visits: how long they take, what they cost, and what a doctor does otherwise."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from clinic.models import Refusal
from scheduling import services
from scheduling.models import AppointmentType, DoctorAppointmentType, Status, free_slots
from scheduling.models.slots import Terms
from scheduling.services.fees import offers_to, reckoned_fee
from tests.scheduling.factories import (
    AppointmentFactory,
    DoctorFactory,
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
)

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]


@pytest.fixture
def admin(client_for: Browser) -> Any:
    """The browser of the clinic's administrator."""
    return client_for(MemberFactory(role=Role.ADMIN))


def kind_of_visit(**facts: Any) -> AppointmentType:
    """A follow-up of fifteen minutes."""
    return services.add_appointment_type(by=None, **{"name": "Follow-up", "minutes": 15, **facts})


def seen(doctor: Any, patient: Any, days_ago: int) -> None:
    """Let the doctor have seen the patient so many days ago."""
    at = timezone.now() - datetime.timedelta(days=days_ago)
    facts = {"arrived_at": at, "checked_in_at": at, "fulfilled_at": at}
    visit = AppointmentFactory(doctor=doctor, patient=patient, starts_at=at)
    for status in (Status.ARRIVED, Status.CHECKED_IN, Status.FULFILLED):
        told = {name: at for name in facts if status != Status.ARRIVED or name == "arrived_at"}
        if status != Status.FULFILLED:
            told.pop("fulfilled_at", None)
        type(visit).objects.filter(pk=visit.pk).update(status=status, **told)


def test_a_clinic_without_kinds_begins_with_the_usual_ones(admin: Any) -> None:
    page = admin.get(reverse("scheduling:appointment_type_list")).content.decode()
    assert "Start with the usual kinds" in page
    assert admin.send(reverse("scheduling:add_usual_appointment_types")).status_code == 302
    assert AppointmentType.objects.count() == 5
    admin.send(reverse("scheduling:add_usual_appointment_types"))
    assert AppointmentType.objects.count() == 5


def test_a_kind_is_added_changed_retired_and_offered_again(admin: Any) -> None:
    add = reverse("scheduling:add_appointment_type")
    data = {"name": "Home visit", "kind": "routine", "position": "10", "fee": "12000", "is_public": "on"}
    sent = admin.send(add, data)
    kind = AppointmentType.objects.get()
    assert sent["Location"] == reverse("scheduling:appointment_type", args=[kind.pk])
    change = reverse("scheduling:update_appointment_type", args=[kind.pk])
    assert admin.send(change, {**data, "minutes": "50"}).status_code == 302
    for verb, is_active in (("retire", False), ("restore", True)):
        admin.send(reverse(f"scheduling:{verb}_appointment_type", args=[kind.pk]))
        kind.refresh_from_db()
        assert (kind.is_active, kind.minutes) == (is_active, 50)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "Visit"}, "already a kind of visit with this name"),
        ({"minutes": "0"}, "between 5 and 480"),
        ({"minutes": "481"}, "between 5 and 480"),
        ({"buffer_minutes": "241"}, "four hours at most"),
        ({"fee": "-1"}, "greater than or equal to 0"),
        ({"follow_up_days": "14"}, "both the days and the percentage"),
        ({"follow_up_percent": "50"}, "both the days and the percentage"),
        ({"follow_up_days": "0", "follow_up_percent": "50"}, "greater than or equal to 1"),
        ({"follow_up_days": "14", "follow_up_percent": "101"}, "less than or equal to 100"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    admin: Any, wrong: dict[str, str], sentence: str
) -> None:
    kind_of_visit(name="Visit")
    data = {"name": "Another", "kind": "routine", "position": "10", **wrong}
    page = admin.send(reverse("scheduling:add_appointment_type"), data)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert AppointmentType.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 3},
        {"buffer_minutes": 241},
        {"fee": Decimal(-1)},
        {"follow_up_days": 7, "follow_up_percent": None},
        {"name": ""},
    ],
)
def test_the_database_refuses_it_too(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AppointmentType.objects.create(**{"name": "Odd", **wrong})


def test_a_doctor_takes_longer_asks_more_or_does_not_offer_it() -> None:
    doctor, other, kind = doctor_with_hours(), doctor_with_hours(), kind_of_visit(fee=Decimal(2000))
    services.adapt_appointment_type(kind, by=None, doctor=doctor, minutes=45, fee=Decimal(3000))
    services.adapt_appointment_type(kind, by=None, doctor=other, is_offered=False)
    day = timezone.localdate() + datetime.timedelta(days=1)
    found = free_slots([doctor.pk, other.pk], day, day, terms=Terms(kind.pk))
    assert {slot.doctor_id for slot in found} == {doctor.pk}
    assert {slot.ends_at - slot.starts_at for slot in found} == {datetime.timedelta(minutes=45)}
    (offer,) = offers_to(None, doctor, timezone.now())
    assert (offer.minutes, offer.fee) == (45, Decimal(3000))
    assert offers_to(None, other, timezone.now()) == []


def test_what_is_as_usual_again_is_not_kept() -> None:
    doctor, kind = DoctorFactory(), kind_of_visit()
    services.adapt_appointment_type(kind, by=None, doctor=doctor, minutes=45)
    services.adapt_appointment_type(kind, by=None, doctor=doctor, minutes=None)
    assert not DoctorAppointmentType.objects.exists()


def test_a_doctor_adapts_the_own_visits_and_nobody_elses(client_for: Browser) -> None:
    doctor, other, kind = DoctorFactory(), DoctorFactory(), kind_of_visit()
    browser = client_for(doctor.member)
    data = {"is_offered": "on", "minutes": "25"}
    own, foreign = (
        reverse("scheduling:adapt_appointment_type", args=[kind.pk, somebody.pk])
        for somebody in (doctor, other)
    )
    assert browser.send(own, data).status_code == 302
    assert browser.send(foreign, data).status_code == 404
    assert DoctorAppointmentType.objects.get().minutes == 25


def test_the_fee_is_the_doctors_own_else_the_kinds_else_the_doctors() -> None:
    doctor, patient = DoctorFactory(consultation_fee=Decimal(5000)), PatientFactory()
    plain, priced = kind_of_visit(name="Visit"), kind_of_visit(fee=Decimal(2000))
    now = timezone.now()
    assert reckoned_fee(doctor, patient, None, now) == 5000
    assert reckoned_fee(doctor, patient, plain, now) == 5000
    assert reckoned_fee(doctor, patient, priced, now) == 2000
    services.adapt_appointment_type(priced, by=None, doctor=doctor, fee=Decimal(0))
    assert reckoned_fee(doctor, patient, priced, now) == 0


@pytest.mark.parametrize(("days_ago", "fee"), [(13, 1000), (14, 2000), (15, 2000), (-1, 2000)])
def test_a_follow_up_is_reduced_within_its_days_only(days_ago: int, fee: int) -> None:
    doctor, patient = DoctorFactory(), PatientFactory()
    kind = kind_of_visit(fee=Decimal(2000), follow_up_days=14, follow_up_percent=50)
    seen(doctor, patient, days_ago)
    # A minute later than that visit, so many days on.
    now = timezone.now() + datetime.timedelta(minutes=1)
    assert reckoned_fee(doctor, patient, kind, now) == fee
    assert reckoned_fee(doctor, PatientFactory(), kind, now) == 2000
    assert reckoned_fee(DoctorFactory(), patient, kind, now) == 2000
    assert [offer.fee for offer in offers_to(patient, doctor, now)] == [fee]


def test_two_kinds_never_have_one_name() -> None:
    kind_of_visit(name="Visit")
    with pytest.raises(Refusal, match="already a kind of visit") as refusal:
        kind_of_visit(name="Visit")
    assert refusal.value.field == "name"


def test_the_admin_stores_through_the_services(admin: Any) -> None:
    add = reverse("admin:scheduling_appointmenttype_add")
    data = {"name": "Visit", "kind": "routine", "position": "10", "follow_up_days": "7"}
    refused = admin.post(add, data)
    assert "both the days and the percentage" in refused.content.decode()
    assert admin.post(add, {**data, "follow_up_percent": "0"}).status_code == 302
    kind, doctor = AppointmentType.objects.get(), DoctorFactory()
    habit = {"doctor": doctor.pk, "appointment_type": kind.pk, "is_offered": "on", "minutes": "25"}
    assert admin.post(reverse("admin:scheduling_doctorappointmenttype_add"), habit).status_code == 302
    own = DoctorAppointmentType.objects.get()
    page = reverse("admin:scheduling_doctorappointmenttype_change", args=[own.pk])
    assert admin.get(page).status_code == 200
    assert admin.post(page, {"is_offered": "on", "minutes": "35"}).status_code == 302
    own.refresh_from_db()
    assert own.minutes == 35
    listing = reverse("admin:scheduling_appointmenttype_changelist")
    admin.post(listing, {"action": "retire_appointment_type", "_selected_action": [kind.pk]})
    kind.refresh_from_db()
    assert not kind.is_active
