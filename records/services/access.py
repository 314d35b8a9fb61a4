"""Opening the record of a patient who is not in the doctor's care."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member, PatientProfile
from accounts.members.roles import Role
from clinic.inbox.services import notify
from clinic.models import Refusal, relayed
from records.models import EmergencyAccess
from records.models.access import OPEN_FOR
from records.services.rights import may


@transaction.atomic
def break_glass(patient: PatientProfile, *, by: Member | None, reason: str) -> EmergencyAccess:
    """Let the doctor `by` read this patient's record for 12 hours; administrators are told at once.

    A glass that is broken already stays as it is: two windows break one.
    """
    doctor = may(by, "records.break_glass")
    if not reason.strip():
        raise Refusal(_("Say why you need to open this record."), "reason")
    PatientProfile.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    broken = EmergencyAccess.objects.of(doctor.pk, patient.pk).open().first()
    if broken:
        return broken
    broken = EmergencyAccess(
        doctor_id=doctor.pk, patient_id=patient.pk, reason=reason.strip(), until=timezone.now() + OPEN_FOR
    )
    with relayed(EmergencyAccess):
        broken.save(force_insert=True)
    _tell(broken, doctor, patient)
    return broken


def _tell(broken: EmergencyAccess, by: Member, patient: PatientProfile) -> None:
    """Who and whose, and not why: the reason is on the page the notification leads to."""
    notify(
        kind="glass_broken",
        to=Member.objects.filter(role=Role.ADMIN),
        by=by,
        facts={"doctor": by, "patient": patient.member.name},
        link=reverse("chart:broken_glass", urlconf="clinic.urls"),
        about_id=broken.pk,
    )
