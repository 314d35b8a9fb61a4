"""What a visit costs."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.members.models import DoctorProfile, PatientProfile
from scheduling.models import Appointment, AppointmentType, Status

SMALLEST = Decimal("0.001")


class Offer(NamedTuple):
    """A kind of visit as one doctor offers it to one patient."""

    type: AppointmentType
    minutes: int | None
    fee: Decimal | None
    is_reduced: bool


def reckoned_fee(
    doctor: DoctorProfile,
    patient: PatientProfile,
    appointment_type: AppointmentType | None,
    starts_at: datetime.datetime,
) -> Decimal | None:
    """The fee of a visit in the clinic's currency, before tax; None where no fee is set.

    The doctor's own for this kind of visit, else the kind's, else the doctor's. Where the kind of visit says
    so, a part of it only when the patient saw the same doctor within so many days before.
    """
    if appointment_type is None:
        return doctor.consultation_fee
    # Also for who does not offer it (any more): a visit that is moved keeps its kind.
    own = appointment_type.doctors.filter(doctor=doctor).first()
    fee = own.fee if own and own.fee is not None else appointment_type.fee
    seen_at = last_seen(doctor, patient, starts_at) if appointment_type.is_reduced else None
    return _reckoned(doctor, appointment_type, fee, starts_at, seen_at)[0]


def offers_to(
    patient: PatientProfile | None, doctor: DoctorProfile, starts_at: datetime.datetime, types: Any = None
) -> list[Offer]:
    """The kinds of visits the doctor offers, with what each takes and costs at that time."""
    types = AppointmentType.objects.active() if types is None else types
    offered: Iterable[Any] = types.offered_by(doctor)
    seen_at = last_seen(doctor, patient, starts_at) if patient else None
    return [
        Offer(kind, kind.its_minutes, *_reckoned(doctor, kind, kind.its_fee, starts_at, seen_at))
        for kind in offered
    ]


def last_seen(
    doctor: DoctorProfile, patient: PatientProfile, before: datetime.datetime
) -> datetime.datetime | None:
    """When the doctor last saw the patient before this time."""
    seen = Appointment.objects.for_doctor(doctor).for_patient(patient).filter(status=Status.FULFILLED)
    return (
        seen.filter(starts_at__lt=before).order_by("-starts_at").values_list("starts_at", flat=True).first()
    )


def _reckoned(
    doctor: DoctorProfile,
    kind: AppointmentType,
    fee: Decimal | None,
    starts_at: datetime.datetime,
    seen_at: datetime.datetime | None,
) -> tuple[Decimal | None, bool]:
    fee = doctor.consultation_fee if fee is None else fee
    days, percent = kind.follow_up_days, kind.follow_up_percent
    if not fee or seen_at is None or days is None or percent is None:
        return fee, False
    if seen_at < starts_at - datetime.timedelta(days=days):
        return fee, False
    return (fee * percent / 100).quantize(SMALLEST), True
