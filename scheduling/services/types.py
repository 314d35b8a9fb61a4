"""The clinic's kinds of visits, and what its doctors do otherwise."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.members.models import DoctorProfile, Member
from clinic.models import Refusal, relayed
from scheduling.models import AppointmentType, DoctorAppointmentType
from scheduling.models.types import Kind


@transaction.atomic
def add_appointment_type(*, by: Member | None, **facts: Any) -> AppointmentType:
    """Offer another kind of visit (the fields of AppointmentType). Raises Refusal."""
    return _stored(AppointmentType(**facts))


@transaction.atomic
def update_appointment_type(
    appointment_type: AppointmentType, *, by: Member | None, **facts: Any
) -> AppointmentType:
    """Change a kind of visit; visits already booked keep their time and their fee. Raises Refusal."""
    changed = AppointmentType.objects.locked(appointment_type.pk)
    for name, value in facts.items():
        setattr(changed, name, value)
    return _stored(changed)


@transaction.atomic
def retire_appointment_type(appointment_type: AppointmentType, *, by: Member | None) -> AppointmentType:
    """Offer a kind of visit no longer; visits already booked stay."""
    return update_appointment_type(appointment_type, by=by, is_active=False)


@transaction.atomic
def restore_appointment_type(appointment_type: AppointmentType, *, by: Member | None) -> AppointmentType:
    """Offer a kind of visit again."""
    return update_appointment_type(appointment_type, by=by, is_active=True)


@transaction.atomic
def add_usual_appointment_types(*, by: Member | None) -> list[AppointmentType]:
    """Begin with the kinds of visits most clinics have. Raises Refusal when there are some already."""
    if AppointmentType.objects.exists():
        raise Refusal(_("There are kinds of visits already. Add to them or change them."))
    return [
        add_appointment_type(by=by, position=10 * place, **facts) for place, facts in enumerate(_usual(), 1)
    ]


@transaction.atomic
def adapt_appointment_type(
    appointment_type: AppointmentType, *, by: Member | None, doctor: DoctorProfile, **facts: Any
) -> DoctorAppointmentType:
    """Note what one doctor does otherwise (is_offered, minutes, buffer_minutes, fee). Raises Refusal.

    When nothing differs any more, nothing is kept.
    """
    # Behind the lock of the kind of visit, so that two who adapt it do not both find nothing there.
    locked = AppointmentType.objects.locked(appointment_type.pk)
    own = DoctorAppointmentType.objects.filter(doctor=doctor, appointment_type=locked).first()
    own = own or DoctorAppointmentType(doctor=doctor, appointment_type=locked)
    for name, value in facts.items():
        setattr(own, name, value)
    if not own.is_usual:
        return _stored(own)
    if not own._state.adding:
        own.delete()
    return own


def refuse_kind(
    appointment_type: AppointmentType | None, doctor: DoctorProfile, *, by_patient: bool = False
) -> None:
    """Refuse a kind of visit that cannot be booked: by nobody, not by patients, or not with this doctor."""
    if appointment_type is None:
        return
    if not appointment_type.is_active or (by_patient and not appointment_type.is_public):
        raise Refusal(_("This kind of visit is not offered. Choose another one."), "appointment_type")
    refuse_unwilling(appointment_type, doctor)


def refuse_unwilling(appointment_type: AppointmentType | None, doctor: DoctorProfile) -> None:
    """Refuse a doctor who does not offer this kind of visit."""
    if appointment_type and appointment_type.doctors.filter(doctor=doctor, is_offered=False).exists():
        raise Refusal(
            _("This doctor does not offer this kind of visit. Choose another one."), "appointment_type"
        )


def _usual() -> tuple[dict[str, Any], ...]:
    half = {"follow_up_days": 14, "follow_up_percent": 50}
    call = {"minutes": 10, "fee": Decimal(0), "is_public": False}
    return (
        {"name": _("First visit"), "kind": Kind.NEW, "minutes": 40},
        {"name": _("Visit"), "kind": Kind.ROUTINE},
        {"name": _("Follow-up"), "kind": Kind.FOLLOWUP, "minutes": 15, **half},
        {"name": _("Check-up"), "kind": Kind.CHECKUP, "minutes": 45},
        {"name": _("Phone call"), "kind": Kind.FOLLOWUP, **call},
    )


def _stored(record: Any) -> Any:
    """Save the record; what the model or the database says against it becomes a refusal."""
    record.clean()
    with relayed(type(record)):
        record.save()
    return record
