"""What somebody without an account asks for, and confirms from the own mailbox."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member
from accounts.members.services import find_or_register_patient
from clinic.models import Refusal
from scheduling import emails, news
from scheduling.models import Appointment, AppointmentType, BookingPolicy, Source, Status
from scheduling.models.slots import Terms
from scheduling.services import limits
from scheduling.services.fees import reckoned_fee
from scheduling.services.times import NOT_BOOKABLE, chosen_slot, place, refuse_when_closed, take

A_DAY = datetime.timedelta(days=1)


@transaction.atomic
def request_appointment(
    *,
    doctor: DoctorProfile,
    starts_at: datetime.datetime,
    appointment_type: AppointmentType | None = None,
    mode: str | None = None,
    branch: str | None = None,
    reason: str = "",
    by: Member | None = None,
    address: str = "",
    **person: Any,
) -> Appointment:
    """Ask for an offered time without an account; it is held for a while (BookingPolicy).

    With an e-mail address until the patient confirms from the mailbox, and then until the clinic answers;
    with a phone number only until the clinic answers. `person` says who asks
    (accounts.members.services.find_or_register_patient), `address` from which internet address.
    Raises Refusal.
    """
    refuse_when_closed()
    if not doctor.is_bookable:
        raise Refusal(NOT_BOOKABLE)
    policy = BookingPolicy.objects.current()
    # All limits are counted by one at a time, the clinic's whole cap included.
    limits.queue_with("requests")
    address_hash = limits.hashed_address(address)
    limits.refuse_too_many_from(address_hash, policy)
    limits.refuse_too_many_with(person.get("email", ""), person.get("phone", ""), policy)
    limits.refuse_when_crowded(policy, coming=1)
    slot = chosen_slot(doctor, starts_at, None, _terms(appointment_type, mode, branch))
    patient = find_or_register_patient(by=by, **person)
    limits.refuse_too_many_of(patient, policy)
    appointment = Appointment(
        doctor=doctor,
        patient=patient,
        status=Status.PENDING,
        source=Source.PUBLIC,
        appointment_type=appointment_type,
        reason=reason,
        booked_by=by,
        address_hash=address_hash,
        fee=reckoned_fee(doctor, patient, appointment_type, slot.starts_at),
    )
    place(appointment, slot, policy.unconfirmed if patient.member.email else policy.answer)
    take(appointment)
    limits.refuse_when_crowded(policy)
    emails.request_received(appointment)
    news.tell("request_appointment", appointment, by=by)
    return appointment


def _terms(appointment_type: AppointmentType | None, mode: str | None, branch: str | None) -> Terms:
    if appointment_type and not (appointment_type.is_active and appointment_type.is_public):
        raise Refusal(_("This kind of visit cannot be booked online. Please call the clinic."))
    kind = appointment_type.pk if appointment_type else None
    return Terms(kind, mode or None, by_patient=True, branch=branch)


@transaction.atomic
def confirm_request(appointment: Appointment, *, proof: str, by: Member | None = None) -> Appointment:
    """Let the patient confirm a request from the mailbox that was given; now the clinic has to answer.

    `proof` is what the message carried. Confirming twice is confirming once. Raises Refusal.
    """
    locked: Appointment = Appointment.objects.with_people().locked(appointment.pk)
    if not constant_time_compare(proof, locked.proof):
        raise Refusal(_("This link is not the one we sent you. Open it from our message once more."))
    if locked.status != Status.PENDING or locked.patient_confirmed_at:
        return locked
    locked.patient_confirmed_at = timezone.now()
    answer = BookingPolicy.objects.current().answer
    locked.held_until = min(timezone.now() + answer, locked.starts_at)
    locked.save(update_fields=["patient_confirmed_at", "held_until"])
    news.tell("confirm_request", locked, by=by)
    return locked


def forget_addresses() -> int:
    """Forget from which connections requests came a day ago; how many were forgotten."""
    old = Appointment.objects.filter(created_at__lt=timezone.now() - A_DAY).exclude(address_hash="")
    return old.update(address_hash="")
