"""What a visit costs."""

import datetime
from decimal import Decimal

from accounts.members.models import DoctorProfile, PatientProfile
from scheduling.models import Appointment, AppointmentType, DoctorAppointmentType, Status


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
    own = DoctorAppointmentType.objects.filter(doctor=doctor, appointment_type=appointment_type).first()
    known = (own.fee if own else None, appointment_type.fee, doctor.consultation_fee)
    fee = next((fee for fee in known if fee is not None), None)
    days, percent = appointment_type.follow_up_days, appointment_type.follow_up_percent
    if fee and days is not None and percent is not None and _was_seen(doctor, patient, starts_at, days):
        return (fee * percent / 100).quantize(Decimal("0.001"))
    return fee


def _was_seen(
    doctor: DoctorProfile, patient: PatientProfile, starts_at: datetime.datetime, days: int
) -> bool:
    since = starts_at - datetime.timedelta(days=days)
    seen = Appointment.objects.for_doctor(doctor).for_patient(patient).filter(status=Status.FULFILLED)
    return seen.filter(starts_at__gte=since, starts_at__lt=starts_at).exists()
