"""Agents bring patients: what they ask for waits for the clinic's answer, and stays on record as theirs."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.members.models import AgentProfile, DoctorProfile, Member
from accounts.members.services import find_or_register_patient
from clinic.models import Refusal
from scheduling import emails, news
from scheduling.models import Appointment, AppointmentType, BookingPolicy, Source, Status
from scheduling.models.slots import Terms
from scheduling.services.fees import reckoned_fee
from scheduling.services.times import NOT_BOOKABLE, chosen_slot, place, refuse_when_closed, take
from scheduling.services.types import refuse_kind


@transaction.atomic
def request_for_patient(
    *,
    by: Member,
    doctor: DoctorProfile,
    starts_at: datetime.datetime,
    appointment_type: AppointmentType | None = None,
    reason: str = "",
    **person: Any,
) -> Appointment:
    """Ask for an offered time for somebody else; it is held until the clinic answers.

    `person` says who comes (accounts.members.services.find_or_register_patient). The agent is not told
    whether the patient was known. Raises Refusal.
    """
    refuse_when_closed()
    agent = AgentProfile.objects.filter(pk=by.pk).first()
    if agent is None:
        raise Refusal(_("Only agents book for others here. Ask the clinic to complete your registration."))
    if not doctor.is_bookable:
        raise Refusal(NOT_BOOKABLE)
    refuse_kind(appointment_type, doctor, by_patient=True)
    terms = Terms(appointment_type.pk if appointment_type else None, by_patient=True)
    slot = chosen_slot(doctor, starts_at, None, terms)
    patient = find_or_register_patient(by=by, **person)
    appointment = Appointment(
        doctor=doctor,
        patient=patient,
        status=Status.PENDING,
        source=Source.AGENT,
        agent=agent,
        appointment_type=appointment_type,
        reason=reason,
        booked_by=by,
        fee=reckoned_fee(doctor, patient, appointment_type, slot.starts_at),
    )
    place(appointment, slot, BookingPolicy.objects.current().answer)
    take(appointment)
    emails.request_received(appointment)
    news.tell("request_for_patient", appointment, by=by)
    return appointment
