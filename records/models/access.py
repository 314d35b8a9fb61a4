"""A doctor who opened the record of a patient outside their care, and why."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.models import Entity, EntityQuerySet

# How long a glass once broken lets the doctor read.
OPEN_FOR = datetime.timedelta(hours=12)


class EmergencyAccessQuerySet(EntityQuerySet):
    """Words for glasses that were broken."""

    def open(self) -> Self:
        """Those by which the doctor may still read."""
        return self.filter(until__gt=timezone.now())

    def of(self, doctor_id: Any, patient_id: Any) -> Self:
        """Those of one doctor for one patient."""
        return self.filter(doctor_id=doctor_id, patient_id=patient_id)

    def with_people(self) -> Self:
        """With the names of doctor and patient, in the same statement."""
        return self.select_related("doctor__member", "patient__member")


class EmergencyAccess(Entity):
    """A glass broken: who opened whose record without having the patient in care, why, and until when.

    Never changed and never taken away (FHIR AuditEvent with purposeOfEvent BTG, "break the glass").
    """

    doctor = models.ForeignKey(
        DoctorProfile, models.PROTECT, related_name="+", db_index=False, verbose_name=_("doctor")
    )
    patient = models.ForeignKey(PatientProfile, models.PROTECT, related_name="+", verbose_name=_("patient"))
    reason = models.CharField(_("reason"), max_length=500)
    until = models.DateTimeField(_("open until"))

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("broken glass")
        verbose_name_plural = _("broken glasses")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="emergency_access_reason",
                violation_error_message=_("Say why you need to open this record."),
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("created_at"), until__lte=F("created_at") + OPEN_FOR),
                name="emergency_access_until",
                violation_error_message=_("A record opened with a reason stays open for 12 hours at most."),
            ),
        )
        indexes = (
            models.Index(fields=["doctor", "patient", "-until"], name="emergency_access_open"),
            models.Index(fields=["-created_at", "-id"], name="emergency_access_latest"),
        )

    def __str__(self) -> str:
        return f"{timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"
