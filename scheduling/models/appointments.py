"""The appointment: who meets whom, when, and how far it got."""

from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.members.models import AgentProfile, DoctorProfile, PatientProfile
from accounts.members.models.member import actor
from clinic.db.current import connection
from clinic.models import Entity, Stateful, exactly_when, one_of
from clinic.notifications.models import OutboxMessage
from scheduling.models.calendar import LONGEST_VISIT, AppointmentQuerySet
from scheduling.models.placed import PLACE_INDEXES, Placed, room_of_one_visit
from scheduling.models.ranges import BusyRange, KeyRange, TimeRange
from scheduling.models.series import AppointmentSeries
from scheduling.models.states import HOLDING, TRANSITIONS, UNCONFIRMED, Mode, Source, Status
from scheduling.models.types import LONGEST_BUFFER, AppointmentType

# After these, what the patient was told still holds.
SAME_FOR_PATIENT = ("resize_appointment",)


def fact(label: Any) -> models.DateTimeField:
    """When a step happened; empty until then."""
    return models.DateTimeField(label, null=True, blank=True, editable=False)


class Appointment(Placed, Stateful, Entity):
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
    appointment_type = models.ForeignKey(
        AppointmentType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("kind of visit"),
    )
    mode = models.CharField(_("where"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    busy_until = models.DateTimeField(
        _("busy until"), null=True, blank=True, editable=False, help_text=_("With the pause after the visit.")
    )
    fee = models.DecimalField(
        _("fee"), max_digits=12, decimal_places=3, null=True, blank=True, editable=False
    )
    # Why it stands beside another visit; without a reason the doctor's times may not overlap.
    overbook_reason = models.CharField(
        _("reason for overbooking"), max_length=500, blank=True, editable=False
    )
    series = models.ForeignKey(
        AppointmentSeries,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="appointments",
        verbose_name=_("series"),
    )
    agent = models.ForeignKey(
        AgentProfile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("agent"),
    )
    # What is kept of the internet address a request came from: enough to count, not to find (keyed hash).
    address_hash = models.CharField(max_length=64, blank=True, editable=False)
    reason = models.CharField(_("reason for the visit"), max_length=500, blank=True)
    booked_by = actor(_("booked by"))
    held_until = fact(_("held until"))
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    # What calendars know the visit by, through all its moves, and how often they were told of a change
    # (RFC 5545, UID and SEQUENCE).
    calendar_id = models.UUIDField(default=uuid7, editable=False)
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)
    patient_confirmed_at = fact(_("confirmed by the patient at"))
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
            one_of("mode", Mode, "appointment_mode"),
            models.CheckConstraint(
                condition=Q(busy_until__isnull=True)
                | Q(busy_until__gt=F("ends_at"), busy_until__lte=F("ends_at") + LONGEST_BUFFER),
                name="appointment_busy_until",
                violation_error_message=_("The pause after a visit is four hours at most."),
            ),
            models.CheckConstraint(
                condition=Q(fee__isnull=True) | Q(fee__gte=0),
                name="appointment_fee",
                violation_error_message=_("A fee is not negative."),
            ),
            models.CheckConstraint(
                condition=~Q(source=Source.AGENT) | Q(agent__isnull=False),
                name="appointment_agent",
                violation_error_message=_("Say which agent made this booking."),
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
            # A moved visit is one event: of all its rows, one is not yet moved on.
            models.UniqueConstraint(
                fields=["calendar_id"], condition=~Q(status=Status.RESCHEDULED), name="appointment_one_event"
            ),
            ExclusionConstraint(
                name="appointment_doctor_overlap",
                expressions=[(KeyRange("doctor"), "&&"), (BusyRange(), "&&")],
                condition=Q(status__in=HOLDING, overbook_reason=""),
                violation_error_message=_("This time is already taken. Choose another one."),
            ),
            ExclusionConstraint(
                name="appointment_patient_overlap",
                expressions=[(KeyRange("patient"), "&&"), (TimeRange("starts_at", "ends_at"), "&&")],
                condition=Q(status__in=HOLDING),
                violation_error_message=_("The patient already has a visit at this time."),
            ),
            room_of_one_visit(HOLDING),
        )
        indexes = (
            models.Index(fields=["starts_at"], name="appointment_day"),
            models.Index(fields=["doctor", "starts_at"], name="appointment_doctor_day"),
            models.Index(fields=["patient", "starts_at"], name="appointment_patient_day"),
            models.Index(fields=["status", "held_until"], name="appointment_hold"),
            # The few that every booking must see (migration 0030, `beside`).
            models.Index(
                fields=["doctor", "starts_at"],
                name="appointment_overbooked",
                condition=~Q(overbook_reason=""),
            ),
            *PLACE_INDEXES,
            models.Index(
                fields=["address_hash", "created_at"],
                name="appointment_address",
                condition=~Q(address_hash=""),
            ),
        )

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    def move(self, verb: str, **facts: Any) -> Self:
        """Carry out `verb`. What has not arrived yet about the visit as it was is needless from now on."""
        moved = super().move(verb, **facts)
        if verb not in SAME_FOR_PATIENT:
            OutboxMessage.objects.void_about(self.pk)
        return moved

    @property
    def token(self) -> str:
        """The unguessable part of the patient's own link; of it, only the hash is stored.

        Made from the site's secret, so that each message about the visit can carry the link.
        """
        return self._secret("visit")

    @property
    def proof(self) -> str:
        """What only the message about a request carries: who has it reads the mailbox that was given."""
        return self._secret("proof")

    def _secret(self, purpose: str) -> str:
        salt = f"scheduling.{purpose}.{connection.schema_name}"
        return urlsafe_base64_encode(salted_hmac(salt, str(self.pk), algorithm="sha256").digest())

    @property
    def awaits_patient(self) -> bool:
        """Whether it is a request whose message the patient has not answered yet."""
        return (
            self.status == Status.PENDING
            and self.source == Source.PUBLIC
            and self.patient_confirmed_at is None
            and bool(self.patient.member.email)
        )

    @property
    def is_overbooked(self) -> bool:
        """Whether it stands beside another visit on purpose."""
        return bool(self.overbook_reason)

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
