"""A doctor's hours: weekly windows, leave and extra openings."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import ngettext

from accounts.members.models import DoctorProfile, Member
from clinic.models import Refusal, relayed
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, Mode


@transaction.atomic
def add_availability_rule(*, by: Member | None, doctor: DoctorProfile, **hours: Any) -> AvailabilityRule:
    """Open a weekly window (weekday, starts, ends, slot_minutes, valid_from, valid_until). Raises Refusal."""
    return _stored(AvailabilityRule(doctor=doctor, **hours))


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
    return _stored(changed)


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
    reason: str = "",
    despite_visits: bool = False,
) -> AvailabilityException:
    """Enter leave or an extra opening. Leave over booked visits is refused unless `despite_visits`."""
    if kind == AvailabilityException.Kind.LEAVE:
        slot_minutes = None
        affected = visits_during(doctor, starts_at, ends_at).count()
        if affected and not despite_visits:
            raise Refusal(_during_leave(affected), "despite_visits")
    return _stored(
        AvailabilityException(
            doctor=doctor,
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
            slot_minutes=slot_minutes,
            mode=mode,
            reason=reason,
        )
    )


@transaction.atomic
def remove_availability_exception(exception: AvailabilityException, *, by: Member | None) -> None:
    """Take leave or an extra opening back; visits already booked stay as they are."""
    exception.delete()


def visits_during(doctor: DoctorProfile, starts_at: datetime.datetime, ends_at: datetime.datetime) -> Any:
    """The doctor's visits that share a moment with this time, soonest first."""
    return Appointment.objects.for_doctor(doctor).holding().within(starts_at, ends_at).order_by("starts_at")


def _during_leave(count: int) -> str:
    return ngettext(
        "%(count)s visit falls into this time. Move it, or tick this box to enter the leave anyway.",
        "%(count)s visits fall into this time. Move them, or tick this box to enter the leave anyway.",
        count,
    ) % {"count": count}


def _stored(record: Any) -> Any:
    """Save the record; what the model or the database says against it becomes a refusal."""
    record.clean()
    with relayed(type(record)):
        record.save()
    return record
