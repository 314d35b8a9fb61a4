"""Which patients are in a doctor's care; to open the record of any other, a doctor breaks the glass."""

import datetime
from typing import Any

from django.db.models import Exists, Q
from django.utils import timezone

from accounts.members.models import Member, PatientProfile
from records.models import Consultation, EmergencyAccess
from scheduling.models import Appointment
from scheduling.models.states import SEEN
from scheduling.queue.models import QueueEntry

# A visit this long ago, or this far ahead, makes the patient the doctor's.
AROUND_A_VISIT = datetime.timedelta(days=365)
# So long after being registered a patient of nobody is new.
NEW_FOR = datetime.timedelta(days=1)
# The queue's numbers that were called: whoever sits there without an appointment is seen by somebody.
CALLED = (QueueEntry.Status.CALLED, QueueEntry.Status.IN_PROGRESS, QueueEntry.Status.COMPLETED)


def needs_care(member: Member | None) -> bool:
    """Whether this member opens only the records of patients in care: a doctor does.

    Administrators answer for the whole archive and read it without; each look is in the trail all the same.
    """
    return member is not None and member.may("records.break_glass")


def in_care(doctor_id: Any, patient_id: Any) -> Q:
    """The condition that the patient (a key, or an OuterRef to one) is in the doctor's care.

    By a visit that is booked or was kept within a year, by a consultation of the doctor (which begins with a
    visit, or from the record that was open already), by a number of today's queue that was called, or by a
    glass broken not long ago. Who was registered today, with no visit to anybody and nothing written, is
    anybody's: there is nothing to keep from the doctor who registers a patient at the door.
    """
    now = timezone.now()
    visits = Appointment.objects.filter(
        doctor_id=doctor_id,
        patient_id=patient_id,
        status__in=SEEN,
        starts_at__range=(now - AROUND_A_VISIT, now + AROUND_A_VISIT),
    )
    written = Consultation.objects.filter(doctor_id=doctor_id, patient_id=patient_id)
    called = QueueEntry.objects.today().filter(patient_id=patient_id, status__in=CALLED)
    broken = EmergencyAccess.objects.of(doctor_id, patient_id).open()
    seen = Appointment.objects.filter(patient_id=patient_id, status__in=SEEN)
    came = Member.objects.filter(pk=patient_id, created_at__gt=now - NEW_FOR)
    is_new = Exists(came) & ~Exists(seen) & ~Exists(Consultation.objects.filter(patient_id=patient_id))
    return Q(Exists(visits)) | Q(Exists(written)) | Q(Exists(called)) | Q(Exists(broken)) | Q(is_new)


def is_in_care(doctor: Member, patient_id: Any) -> bool:
    """Whether this patient is in the doctor's care now."""
    return PatientProfile.objects.filter(in_care(doctor.pk, patient_id), pk=patient_id).exists()
