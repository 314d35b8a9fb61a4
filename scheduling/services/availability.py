"""A doctor's hours: weekly windows, leave and extra openings."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member
from clinic.models import Refusal, relayed
from scheduling import news
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, Branch, Mode, Room
from scheduling.models.availability import Kind
from scheduling.services.leave import withdraw_offers_in_the_way

TWO_PLACES = _("The doctor is at another branch at this time. Choose other hours, or that branch.")
PASSED, DAY_PASSED = _("This time has passed."), _("This day has passed.")


@transaction.atomic
def add_availability_rule(*, by: Member | None, doctor: DoctorProfile, **hours: Any) -> AvailabilityRule:
    """Open a weekly window (the fields of AvailabilityRule). Raises Refusal."""
    rule = AvailabilityRule(doctor=doctor, **hours)
    if rule.valid_until and rule.valid_from <= rule.valid_until < timezone.localdate():
        raise Refusal(DAY_PASSED, "valid_until")
    return _opened(rule)


@transaction.atomic
def add_availability_rules(
    *, by: Member | None, doctor: DoctorProfile, weekdays: Iterable[int], **hours: Any
) -> list[AvailabilityRule]:
    """Open the same window on several days of the week: on all of them or on none. Raises Refusal."""
    return [add_availability_rule(by=by, doctor=doctor, weekday=weekday, **hours) for weekday in weekdays]


@transaction.atomic
def update_availability_rule(rule: AvailabilityRule, *, by: Member | None, **hours: Any) -> AvailabilityRule:
    """Change a weekly window; visits already booked stay as they are. Raises Refusal."""
    changed = AvailabilityRule.objects.locked(rule.pk)
    for name, value in hours.items():
        setattr(changed, name, value)
    return _opened(changed)


@transaction.atomic
def remove_availability_rule(rule: AvailabilityRule, *, by: Member | None) -> None:
    """Close a weekly window; visits already booked stay as they are."""
    rule.delete()


@transaction.atomic
def add_availability_exception(
    *,
    by: Member | None,
    doctor: DoctorProfile,
    kind: str,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime,
    slot_minutes: int | None = None,
    mode: str = Mode.IN_PERSON,
    branch: Branch | None = None,
    room: Room | None = None,
    reason: str = "",
) -> AvailabilityException:
    """Enter leave or an extra opening. Raises Refusal.

    Visits in the way of leave stay, and are listed until each is settled; offers are withdrawn.
    """
    if ends_at <= timezone.now():
        raise Refusal(PASSED, "ends_at")
    is_leave = kind == AvailabilityException.Kind.LEAVE
    exception = AvailabilityException(
        doctor=doctor,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        slot_minutes=None if is_leave else slot_minutes,
        mode=mode,
        branch=None if is_leave else branch,
        room=None if is_leave else room,
        reason=reason,
    )
    if not is_leave:
        rules = AvailabilityRule.objects.for_doctor(doctor)
        _refuse_two_places(exception, (rule for rule in rules if _meet(rule, exception)))
    _stored(exception)
    if is_leave:
        withdraw_offers_in_the_way(by=by)
        own = Appointment.objects.for_doctor(doctor).within(starts_at, ends_at)
        news.tell_of_stranded(own, by=by)
    return exception


@transaction.atomic
def remove_availability_exception(exception: AvailabilityException, *, by: Member | None) -> None:
    """Take leave or an extra opening back; visits moved or cancelled in the meantime stay so."""
    exception.delete()


def _opened(rule: AvailabilityRule) -> AvailabilityRule:
    """Store weekly hours, unless an extra opening at another branch falls into them."""
    rule.clean()
    extra = AvailabilityException.objects.filter(doctor=rule.doctor_id, kind=Kind.EXTRA).coming()
    _refuse_two_places(rule, (opening for opening in extra if _meet(rule, opening)))
    return _stored(rule)


def _refuse_two_places(wanted: Any, others: Iterable[Any]) -> None:
    """Refuse hours at one branch while the doctor is at another one."""
    if any(other.branch_id != wanted.branch_id for other in others):
        raise Refusal(TWO_PLACES, "branch")


def _meet(rule: AvailabilityRule, opening: AvailabilityException) -> bool:
    """Whether weekly hours and an extra opening share a moment by the clinic's clocks."""
    since, until = (timezone.make_naive(moment) for moment in (opening.starts_at, opening.ends_at))
    days = (since.date() + datetime.timedelta(days=number) for number in range((until - since).days + 2))
    return any(
        day.isoweekday() == rule.weekday
        and rule.valid_from <= day <= (rule.valid_until or day)
        and datetime.datetime.combine(day, rule.starts) < until
        and datetime.datetime.combine(day, rule.ends) > since
        for day in days
    )


def _stored(record: Any) -> Any:
    """Save the record; what the model or the database says against it becomes a refusal."""
    record.clean()
    with relayed(type(record)):
        record.save()
    return record
