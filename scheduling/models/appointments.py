"""The appointment: who meets whom, when, and how far it got."""

import datetime
import hashlib
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member, PatientProfile
from accounts.members.models.member import actor
from clinic.db.current import connection
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from scheduling.models.ranges import KeyRange, TimeRange
from scheduling.models.states import HOLDING, TRANSITIONS, UNCONFIRMED, Source, Status

LONGEST_VISIT = datetime.timedelta(days=1)
# How long after the visit the patient's link still opens it.
TOKEN_LIFE = datetime.timedelta(days=30)


def bounds(first: datetime.date, last: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    """The instants at which the local days `first` to `last` begin and end."""
    midnight = datetime.time()
    zone = timezone.get_current_timezone()
    return (
        datetime.datetime.combine(first, midnight, zone),
        datetime.datetime.combine(last + datetime.timedelta(days=1), midnight, zone),
    )


def hashed(token: str) -> str:
    """What is stored of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


class AppointmentQuerySet(EntityQuerySet):
    """Words for the clinic's calendar."""

    def on(self, day: datetime.date) -> Self:
        """Appointments that start on the clinic's local `day`."""
        begins, ends = bounds(day, day)
        return self.filter(starts_at__gte=begins, starts_at__lt=ends)

    def for_doctor(self, doctor: DoctorProfile | None) -> Self:
        """Appointments with `doctor`; with nobody in particular, all."""
        return self.filter(doctor=doctor) if doctor else self

    def for_patient(self, patient: PatientProfile) -> Self:
        """Appointments of `patient`."""
        return self.filter(patient=patient)

    def holding(self) -> Self:
        """Appointments whose time nobody else can have."""
        return self.filter(status__in=HOLDING)

    def within(self, starts_at: datetime.datetime, ends_at: datetime.datetime) -> Self:
        """Appointments that share a moment with the given time."""
        return self.filter(
            starts_at__gt=starts_at - LONGEST_VISIT, starts_at__lt=ends_at, ends_at__gt=starts_at
        )

    def coming(self) -> Self:
        """Appointments that still hold a time that is not over, soonest first."""
        now = timezone.now()
        unended = self.holding().filter(starts_at__gt=now - LONGEST_VISIT, ends_at__gt=now)
        return unended.order_by("starts_at")

    def past(self) -> Self:
        """All that are not coming any more, latest first."""
        return self.exclude(status__in=HOLDING, ends_at__gt=timezone.now()).order_by("-starts_at")

    def awaiting_confirmation(self) -> Self:
        """Requests the clinic has not answered, soonest visit first."""
        return self.filter(status=Status.PENDING).order_by("starts_at")

    def overdue_holds(self) -> Self:
        """Unconfirmed appointments whose deadline has passed."""
        return self.filter(status__in=UNCONFIRMED, held_until__lte=timezone.now())

    def visible_to(self, member: Member | None) -> Self:
        """What `member` may see: the whole calendar with the day sheet, otherwise the own visits."""
        if member is None or member.may("scheduling.view_day"):
            return self
        return self.filter(Q(patient_id=member.pk) | Q(doctor_id=member.pk))

    def by_token(self, token: str) -> Self:
        """The appointment a link was sent for, until a month after the visit."""
        recent = timezone.now() - TOKEN_LIFE
        return self.filter(token_hash=hashed(token), ends_at__gt=recent)

    def with_people(self) -> Self:
        """With the names of doctor and patient, in the same statement."""
        return self.select_related("doctor__member", "patient__member")

    def with_history(self) -> Self:
        """With those who took its steps, and the visits it was moved from and to."""
        return self.with_people().select_related(
            "booked_by", "confirmed_by", "declined_by", "cancelled_by", "rescheduled_to", "rescheduled_from"
        )


def fact(label: Any) -> models.DateTimeField:
    """When a step happened; empty until then."""
    return models.DateTimeField(label, null=True, blank=True, editable=False)


class Appointment(Stateful, Entity):
    """A time at which a doctor sees a patient (FHIR Appointment)."""

    Status = Status
    Source = Source
    TRANSITIONS = TRANSITIONS

    doctor = models.ForeignKey(
        DoctorProfile,
        on_delete=models.PROTECT,
        related_name="appointments",
        db_index=False,
        verbose_name=_("doctor"),
    )
    patient = models.ForeignKey(
        PatientProfile,
        on_delete=models.PROTECT,
        related_name="appointments",
        db_index=False,
        verbose_name=_("patient"),
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    status = models.CharField(_("state"), max_length=20, choices=Status.choices, editable=False)
    source = models.CharField(_("booked through"), max_length=10, choices=Source.choices, editable=False)
    reason = models.CharField(_("reason for the visit"), max_length=500, blank=True)
    booked_by = actor(_("booked by"))
    held_until = fact(_("held until"))
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    confirmed_at = fact(_("confirmed at"))
    confirmed_by = actor(_("confirmed by"))
    declined_at = fact(_("declined at"))
    declined_by = actor(_("declined by"))
    decline_reason = models.CharField(_("reason for declining"), max_length=500, blank=True, editable=False)
    arrived_at = fact(_("arrived at"))
    checked_in_at = fact(_("checked in at"))
    fulfilled_at = fact(_("done at"))
    cancelled_at = fact(_("cancelled at"))
    cancelled_by = actor(_("cancelled by"))
    cancel_reason = models.CharField(_("reason for cancelling"), max_length=500, blank=True, editable=False)
    noshow_at = fact(_("missed at"))
    rescheduled_to = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="rescheduled_from",
        verbose_name=_("moved to"),
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ("starts_at",)
        constraints = (
            one_of("status", Status, "appointment_status"),
            one_of("source", Source, "appointment_source"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="appointment_end_after_start",
                violation_error_message=_("The visit must end after it starts."),
            ),
            models.CheckConstraint(
                # Also what lets the calendar be searched by its start alone.
                condition=Q(ends_at__lte=F("starts_at") + LONGEST_VISIT),
                name="appointment_length",
                violation_error_message=_("A visit is not longer than a day."),
            ),
            exactly_when("held_until", "status", UNCONFIRMED, "appointment_held"),
            exactly_when("declined_at", "status", [Status.DECLINED], "appointment_declined"),
            exactly_when("fulfilled_at", "status", [Status.FULFILLED], "appointment_fulfilled"),
            exactly_when("cancelled_at", "status", [Status.CANCELLED], "appointment_cancelled"),
            exactly_when("noshow_at", "status", [Status.NOSHOW], "appointment_noshow"),
            exactly_when("rescheduled_to", "status", [Status.RESCHEDULED], "appointment_rescheduled"),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.ARRIVED, Status.CHECKED_IN, Status.FULFILLED])
                | Q(arrived_at__isnull=False),
                name="appointment_arrived",
                violation_error_message=_("This state and its facts do not belong together."),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.CHECKED_IN, Status.FULFILLED])
                | Q(checked_in_at__isnull=False),
                name="appointment_checked_in",
                violation_error_message=_("This state and its facts do not belong together."),
            ),
            models.CheckConstraint(
                condition=(Q(declined_at__isnull=True) & Q(decline_reason="") & Q(declined_by__isnull=True))
                | (Q(declined_at__isnull=False) & ~Q(decline_reason="")),
                name="appointment_decline_reason",
                violation_error_message=_("Say why the request is declined."),
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=False)
                | (Q(cancel_reason="") & Q(cancelled_by__isnull=True)),
                name="appointment_cancel_facts",
                violation_error_message=_("This state and its facts do not belong together."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | Q(confirmed_by__isnull=True),
                name="appointment_confirm_facts",
                violation_error_message=_("This state and its facts do not belong together."),
            ),
            # What other rooms point at together, so that nothing crosses patients (DESIGN section 4).
            models.UniqueConstraint(fields=["id", "patient"], name="appointment_patient_key"),
            models.UniqueConstraint(fields=["id", "patient", "doctor"], name="appointment_people_key"),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="appointment_token"
            ),
            ExclusionConstraint(
                name="appointment_doctor_overlap",
                expressions=[(KeyRange("doctor"), "&&"), (TimeRange("starts_at", "ends_at"), "&&")],
                condition=Q(status__in=HOLDING),
                violation_error_message=_("This time is already taken. Choose another one."),
            ),
            ExclusionConstraint(
                name="appointment_patient_overlap",
                expressions=[(KeyRange("patient"), "&&"), (TimeRange("starts_at", "ends_at"), "&&")],
                condition=Q(status__in=HOLDING),
                violation_error_message=_("The patient already has a visit at this time."),
            ),
        )
        indexes = (
            models.Index(fields=["starts_at"], name="appointment_day"),
            models.Index(fields=["doctor", "starts_at"], name="appointment_doctor_day"),
            models.Index(fields=["patient", "starts_at"], name="appointment_patient_day"),
            models.Index(fields=["status", "held_until"], name="appointment_hold"),
        )

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    @property
    def token(self) -> str:
        """The unguessable part of the patient's own link; of it, only the hash is stored.

        Made from the site's secret, so that each message about the visit can carry the link.
        """
        purpose = f"scheduling.visit.{connection.schema_name}"
        digest = salted_hmac(purpose, str(self.pk), algorithm="sha256").digest()
        return urlsafe_base64_encode(digest)

    def is_timely(self, verb: str) -> bool:
        """Whether the hour for `verb` has come: arriving belongs to the day, missing to after the start."""
        if verb == "mark_arrived":
            return self.is_today
        if verb == "mark_noshow":
            return self.has_begun
        return True

    @property
    def is_today(self) -> bool:
        """Whether it is on the clinic's present day."""
        return timezone.localdate(self.starts_at) == timezone.localdate()

    @property
    def has_begun(self) -> bool:
        """Whether its time has come."""
        return self.starts_at <= timezone.now()

    @property
    def holds_its_time(self) -> bool:
        """Whether nobody else can have this time."""
        return self.status in HOLDING

    @property
    def is_over(self) -> bool:
        """Whether its time has passed."""
        return self.ends_at <= timezone.now()
