"""The consultation: what the doctor found and decided. Signed, it never changes; what follows are addenda."""

import datetime
import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member, PatientProfile
from accounts.members.models.member import actor
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions
from scheduling.models import Appointment

if TYPE_CHECKING:
    from records.models.diagnosis import Diagnosis

LONGEST_TEXT = 20_000
LONGEST_MINUTES = 600
LATEST_FOLLOW_UP = datetime.timedelta(days=731)


class ConsultationStatus(models.TextChoices):
    """Where a consultation stands (FHIR Encounter.status, in our words)."""

    PLANNED = "planned", _("Planned")
    IN_PROGRESS = "in_progress", _("In progress")
    SIGNED = "signed", _("Signed")
    CANCELLED = "cancelled", _("Cancelled")


S = ConsultationStatus


class ConsultationQuerySet(EntityQuerySet):
    """Words for consultations."""

    def visible_to(self, member: Member | None) -> Self:
        """Every consultation for those who may read charts, none for anybody else."""
        return self if member and member.may("records.chart") else self.none()

    def written_by(self, member: Member) -> Self:
        """What one doctor writes (a profile's key is its member's key)."""
        return self.filter(doctor_id=member.pk)

    def for_patient(self, patient: PatientProfile) -> Self:
        """What was written about one patient, latest first."""
        return self.filter(patient=patient).order_by("-started_at", "-id")

    def signed(self) -> Self:
        """Those that stand for ever."""
        return self.filter(status=S.SIGNED)

    def with_diagnoses(self) -> Self:
        """With their diagnoses, the main one first."""
        return self.prefetch_related("diagnoses")

    def unfaithful(self) -> "list[Consultation]":
        """Signed ones whose text is not what the signature covers: nobody could change it by our means."""
        signed: Iterator[Any] = self.signed().with_diagnoses().iterator(chunk_size=1000)
        return [found for found in signed if found.fingerprint() != found.content_hash]

    def unfinished(self) -> Self:
        """Those that still wait for a signature."""
        return self.filter(status__in=[S.PLANNED, S.IN_PROGRESS])

    def unfinished_first(self) -> Self:
        """Those that still wait for a signature first, then the latest."""
        waiting = Case(When(status__in=[S.PLANNED, S.IN_PROGRESS], then=Value(0)), default=Value(1))
        return self.order_by(waiting, "-started_at", "-id")

    def with_people(self) -> Self:
        """With the names of doctor and patient, in the same statement."""
        return self.select_related("doctor__member", "patient__member")


class Consultation(Stateful, Entity):
    """One meeting of doctor and patient (FHIR Encounter)."""

    Status = ConsultationStatus
    TRANSITIONS = Transitions(
        ("start_consultation", {S.PLANNED}, S.IN_PROGRESS),
        ("sign_consultation", {S.IN_PROGRESS}, S.SIGNED),
        ("cancel_consultation", {S.PLANNED, S.IN_PROGRESS}, S.CANCELLED),
    )
    # What the doctor types, in the order of the page.
    TEXTS = ("complaints", "history", "examination", "diagnosis", "plan", "notes")
    WRITTEN = (*TEXTS, "duration_minutes", "follow_up_on")

    appointment = models.OneToOneField(
        Appointment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="consultation",
        verbose_name=_("appointment"),
    )
    doctor = models.ForeignKey(
        DoctorProfile, models.PROTECT, related_name="consultations", db_index=False, verbose_name=_("doctor")
    )
    patient = models.ForeignKey(
        PatientProfile,
        models.PROTECT,
        related_name="consultations",
        db_index=False,
        verbose_name=_("patient"),
    )
    status = models.CharField(_("state"), max_length=20, choices=S.choices, default=S.PLANNED, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    complaints = models.TextField(_("complaints"), blank=True, max_length=LONGEST_TEXT)
    history = models.TextField(_("history"), blank=True, max_length=LONGEST_TEXT)
    examination = models.TextField(_("examination"), blank=True, max_length=LONGEST_TEXT)
    diagnosis = models.TextField(_("diagnosis"), blank=True, max_length=LONGEST_TEXT)
    plan = models.TextField(_("plan"), blank=True, max_length=LONGEST_TEXT)
    notes = models.TextField(_("notes"), blank=True, max_length=LONGEST_TEXT)
    duration_minutes = models.PositiveSmallIntegerField(_("duration in minutes"), null=True, blank=True)
    follow_up_on = models.DateField(_("follow-up on"), null=True, blank=True)
    # How often the text was changed. Whoever changes it says which revision was read: nobody's text is
    # overwritten by somebody who has not seen it.
    revision = models.PositiveIntegerField(default=0, editable=False)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True, editable=False)
    signed_by = actor(_("signed by"))
    content_hash = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True, editable=False)
    cancelled_by = actor(_("cancelled by"))
    cancel_reason = models.CharField(_("reason for cancelling"), max_length=500, blank=True, editable=False)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ("-started_at", "-id")
        constraints = (
            one_of("status", S, "consultation_status"),
            models.CheckConstraint(
                condition=Q(status=S.PLANNED, started_at__isnull=True)
                | Q(status__in=[S.IN_PROGRESS, S.SIGNED], started_at__isnull=False)
                | Q(status=S.CANCELLED),
                name="consultation_started",
                violation_error_message=_("This state and its facts do not belong together."),
            ),
            # Only the treating doctor signs: a profile's key is its member's key.
            models.CheckConstraint(
                condition=Q(
                    status=S.SIGNED,
                    signed_at__isnull=False,
                    signed_by__isnull=False,
                    signed_by=F("doctor"),
                    content_hash__regex="^[0-9a-f]{64}$",
                )
                | (~Q(status=S.SIGNED) & Q(signed_at__isnull=True, signed_by__isnull=True, content_hash="")),
                name="consultation_signed",
                violation_error_message=_("A consultation is signed by its own doctor, and then for ever."),
            ),
            exactly_when("cancelled_at", "status", [S.CANCELLED], "consultation_cancelled"),
            models.CheckConstraint(
                condition=(Q(cancelled_at__isnull=False) & ~Q(cancel_reason=""))
                | Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancel_reason=""),
                name="consultation_cancel_reason",
                violation_error_message=_("Say why the consultation is cancelled."),
            ),
            models.CheckConstraint(
                condition=Q(duration_minutes__isnull=True)
                | Q(duration_minutes__gte=1, duration_minutes__lte=LONGEST_MINUTES),
                name="consultation_duration",
                violation_error_message=_("A consultation lasts between 1 and 600 minutes."),
            ),
            # What other rooms point at together, so that nothing crosses patients (DESIGN section 4).
            models.UniqueConstraint(fields=["id", "patient"], name="consultation_patient_key"),
            models.UniqueConstraint(fields=["id", "patient", "doctor"], name="consultation_people_key"),
        )
        indexes = (
            models.Index(fields=["patient", "-started_at"], name="consultation_of_patient"),
            models.Index(fields=["doctor", "status", "-started_at"], name="consultation_of_doctor"),
        )

    def __str__(self) -> str:
        return f"{timezone.localtime(self.started_at or self.created_at):%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """A follow-up comes after the visit, within two years."""
        day = timezone.localdate(self.started_at)
        if self.follow_up_on and self.follow_up_on <= day:
            raise ValidationError({"follow_up_on": _("The follow-up must come after this visit.")})
        if self.follow_up_on and self.follow_up_on > day + LATEST_FOLLOW_UP:
            late = _("The follow-up must come within two years of this visit. Check the year.")
            raise ValidationError({"follow_up_on": late})

    @property
    def is_open(self) -> bool:
        """Whether the text can still change."""
        return "sign_consultation" in self.verbs

    @property
    def is_signed(self) -> bool:
        """Whether it stands for ever."""
        return self.signed_at is not None

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been written yet."""
        return not any(getattr(self, name).strip() for name in self.TEXTS) and not self.diagnoses.all()

    @property
    def main_diagnosis(self) -> "Diagnosis | None":
        """What the patient was seen for, where it was given a code."""
        return next(iter(self.diagnoses.all()), None)

    @property
    def sections(self) -> list[tuple[Any, str]]:
        """The heading and text of each part that was written."""
        return [
            (self._meta.get_field(name).verbose_name, getattr(self, name))  # type: ignore[union-attr]
            for name in self.TEXTS
            if getattr(self, name)
        ]

    def fingerprint(self) -> str:
        """SHA-256 in hexadecimal over all that a signature covers, as sorted, compact JSON in UTF-8.

        Diagnoses are named only where there are any: what was signed before there were codes stays valid.
        """
        covered = (
            "id",
            "appointment_id",
            "doctor_id",
            "patient_id",
            "started_at",
            *self.WRITTEN,
            "signed_at",
            "signed_by_id",
        )
        content: dict[str, Any] = {name: _canonical(getattr(self, name)) for name in covered}
        if diagnoses := [[found.code, found.title] for found in self.diagnoses.all()]:
            content["diagnoses"] = diagnoses
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> str | int | None:
    """The one spelling of a value: instants in UTC, keys and days as text."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    return str(value)
