"""The calendar: weekly hours, leave and extra openings, appointments."""

import datetime

import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import uuid_utils.compat
from django.db import migrations, models

import scheduling.models.ranges


class Migration(migrations.Migration):
    """The calendar's tables."""

    initial = True

    dependencies = [
        ("members", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Appointment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("starts_at", models.DateTimeField(verbose_name="starts")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waitlist", "On the waiting list"),
                            ("proposed", "Offered"),
                            ("pending", "To be confirmed"),
                            ("booked", "Booked"),
                            ("declined", "Declined"),
                            ("arrived", "Arrived"),
                            ("checked_in", "Checked in"),
                            ("fulfilled", "Done"),
                            ("cancelled", "Cancelled"),
                            ("rescheduled", "Moved"),
                            ("noshow", "Did not come"),
                            ("entered_in_error", "Entered in error"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("public", "Public page"),
                            ("portal", "Patient's portal"),
                            ("reception", "Reception"),
                            ("agent", "Agent"),
                        ],
                        editable=False,
                        max_length=10,
                        verbose_name="booked through",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason for the visit")),
                (
                    "held_until",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="held until"),
                ),
                ("token_hash", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="confirmed at"),
                ),
                (
                    "declined_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="declined at"),
                ),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=500, verbose_name="reason for declining"
                    ),
                ),
                (
                    "arrived_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="arrived at"),
                ),
                (
                    "checked_in_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="checked in at"),
                ),
                (
                    "fulfilled_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="done at"),
                ),
                (
                    "cancelled_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="cancelled at"),
                ),
                (
                    "cancel_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=500, verbose_name="reason for cancelling"
                    ),
                ),
                (
                    "noshow_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="missed at"),
                ),
                (
                    "booked_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="booked by",
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="cancelled by",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "declined_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="declined by",
                    ),
                ),
                (
                    "doctor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="members.doctorprofile",
                        verbose_name="doctor",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="members.patientprofile",
                        verbose_name="patient",
                    ),
                ),
                (
                    "rescheduled_to",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rescheduled_from",
                        to="scheduling.appointment",
                        verbose_name="moved to",
                    ),
                ),
            ],
            options={
                "verbose_name": "appointment",
                "verbose_name_plural": "appointments",
                "ordering": ("starts_at",),
                "indexes": [
                    models.Index(fields=["starts_at"], name="appointment_day"),
                    models.Index(fields=["doctor", "starts_at"], name="appointment_doctor_day"),
                    models.Index(fields=["patient", "starts_at"], name="appointment_patient_day"),
                    models.Index(fields=["status", "held_until"], name="appointment_hold"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "waitlist",
                                    "proposed",
                                    "pending",
                                    "booked",
                                    "declined",
                                    "arrived",
                                    "checked_in",
                                    "fulfilled",
                                    "cancelled",
                                    "rescheduled",
                                    "noshow",
                                    "entered_in_error",
                                ],
                            )
                        ),
                        name="appointment_status",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["public", "portal", "reception", "agent"])),
                        name="appointment_source",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="appointment_end_after_start",
                        violation_error_message="The visit must end after it starts.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(days=1))
                                ),
                            )
                        ),
                        name="appointment_length",
                        violation_error_message="A visit is not longer than a day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["pending", "proposed"]), ("held_until__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["pending", "proposed"]), _negated=True),
                                models.Q(("held_until__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="appointment_held",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["declined"]), ("declined_at__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["declined"]), _negated=True),
                                models.Q(("declined_at__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="appointment_declined",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["fulfilled"]), ("fulfilled_at__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["fulfilled"]), _negated=True),
                                models.Q(("fulfilled_at__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="appointment_fulfilled",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["cancelled"]), ("cancelled_at__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["cancelled"]), _negated=True),
                                models.Q(("cancelled_at__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="appointment_cancelled",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["noshow"]), ("noshow_at__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["noshow"]), _negated=True),
                                models.Q(("noshow_at__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="appointment_noshow",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["rescheduled"]), ("rescheduled_to__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["rescheduled"]), _negated=True),
                                models.Q(("rescheduled_to__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="appointment_rescheduled",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["arrived", "checked_in", "fulfilled"]), _negated=True),
                            ("arrived_at__isnull", False),
                            _connector="OR",
                        ),
                        name="appointment_arrived",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["checked_in", "fulfilled"]), _negated=True),
                            ("checked_in_at__isnull", False),
                            _connector="OR",
                        ),
                        name="appointment_checked_in",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("declined_at__isnull", True),
                                ("decline_reason", ""),
                                ("declined_by__isnull", True),
                            ),
                            models.Q(
                                ("declined_at__isnull", False),
                                models.Q(("decline_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="appointment_decline_reason",
                        violation_error_message="Say why the request is declined.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_at__isnull", False),
                            models.Q(("cancel_reason", ""), ("cancelled_by__isnull", True)),
                            _connector="OR",
                        ),
                        name="appointment_cancel_facts",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at__isnull", False), ("confirmed_by__isnull", True), _connector="OR"
                        ),
                        name="appointment_confirm_facts",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.UniqueConstraint(fields=("id", "patient"), name="appointment_patient_key"),
                    models.UniqueConstraint(
                        fields=("id", "patient", "doctor"), name="appointment_people_key"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("token_hash", ""), _negated=True),
                        fields=("token_hash",),
                        name="appointment_token",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            ("status__in", ("pending", "proposed", "booked", "arrived", "checked_in"))
                        ),
                        expressions=[
                            (scheduling.models.ranges.KeyRange("doctor"), "&&"),
                            (scheduling.models.ranges.TimeRange("starts_at", "ends_at"), "&&"),
                        ],
                        name="appointment_doctor_overlap",
                        violation_error_message="This time is already taken. Choose another one.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            ("status__in", ("pending", "proposed", "booked", "arrived", "checked_in"))
                        ),
                        expressions=[
                            (scheduling.models.ranges.KeyRange("patient"), "&&"),
                            (scheduling.models.ranges.TimeRange("starts_at", "ends_at"), "&&"),
                        ],
                        name="appointment_patient_overlap",
                        violation_error_message="The patient already has a visit at this time.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AvailabilityException",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "kind",
                    models.CharField(
                        choices=[("leave", "Leave"), ("extra", "Extra opening")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                (
                    "slot_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(
                                5, "A visit lasts between 5 and 480 minutes."
                            ),
                            django.core.validators.MaxValueValidator(
                                480, "A visit lasts between 5 and 480 minutes."
                            ),
                        ],
                        verbose_name="minutes per visit",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "doctor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="availability_exceptions",
                        to="members.doctorprofile",
                        verbose_name="doctor",
                    ),
                ),
            ],
            options={
                "verbose_name": "leave or extra opening",
                "verbose_name_plural": "leave and extra openings",
                "ordering": ("starts_at",),
                "indexes": [models.Index(fields=["doctor", "ends_at"], name="availability_exception_doctor")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["leave", "extra"])),
                        name="availability_exception_kind",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="availability_exception_end_after_start",
                        violation_error_message="The end must come after the start.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "extra"), _negated=True),
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(days=1))
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="availability_exception_extra_length",
                        violation_error_message="An extra opening lasts a day at most. Enter one for each day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(days=731))
                                ),
                            )
                        ),
                        name="availability_exception_leave_length",
                        violation_error_message="Leave lasts two years at most.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "leave"), ("slot_minutes__isnull", True)),
                            models.Q(
                                ("kind", "extra"),
                                ("slot_minutes__gte", 5),
                                ("slot_minutes__isnull", False),
                                ("slot_minutes__lte", 480),
                            ),
                            _connector="OR",
                        ),
                        name="availability_exception_slot_minutes",
                        violation_error_message="An extra opening needs a visit length between 5 and 480 minutes.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("kind", "extra")),
                        expressions=[
                            (scheduling.models.ranges.KeyRange("doctor"), "&&"),
                            (scheduling.models.ranges.TimeRange("starts_at", "ends_at"), "&&"),
                        ],
                        name="availability_exception_overlap",
                        violation_error_message="This extra opening overlaps another one.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AvailabilityRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Monday"),
                            (2, "Tuesday"),
                            (3, "Wednesday"),
                            (4, "Thursday"),
                            (5, "Friday"),
                            (6, "Saturday"),
                            (7, "Sunday"),
                        ],
                        verbose_name="day",
                    ),
                ),
                ("starts", models.TimeField(verbose_name="from")),
                ("ends", models.TimeField(verbose_name="to")),
                (
                    "slot_minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(
                                5, "A visit lasts between 5 and 480 minutes."
                            ),
                            django.core.validators.MaxValueValidator(
                                480, "A visit lasts between 5 and 480 minutes."
                            ),
                        ],
                        verbose_name="minutes per visit",
                    ),
                ),
                (
                    "valid_from",
                    models.DateField(default=django.utils.timezone.localdate, verbose_name="valid from"),
                ),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                (
                    "doctor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="availability_rules",
                        to="members.doctorprofile",
                        verbose_name="doctor",
                    ),
                ),
            ],
            options={
                "verbose_name": "weekly hours",
                "verbose_name_plural": "weekly hours",
                "ordering": ("doctor", "weekday", "starts"),
                "indexes": [
                    models.Index(fields=["doctor", "weekday", "starts"], name="availability_rule_week")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekday__gte", 1), ("weekday__lte", 7)),
                        name="availability_rule_weekday",
                        violation_error_message="Choose a day of the week.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends__gt", models.F("starts"))),
                        name="availability_rule_end_after_start",
                        violation_error_message="The end must come after the start.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slot_minutes__gte", 5), ("slot_minutes__lte", 480)),
                        name="availability_rule_slot_minutes",
                        violation_error_message="A visit lasts between 5 and 480 minutes.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="availability_rule_valid_until",
                        violation_error_message="The last day must not be before the first.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (scheduling.models.ranges.KeyRange("doctor"), "&&"),
                            (scheduling.models.ranges.NumberRange("weekday"), "&&"),
                            (scheduling.models.ranges.DayRange("valid_from", "valid_until"), "&&"),
                            (scheduling.models.ranges.ClockRange("starts", "ends"), "&&"),
                        ],
                        name="availability_rule_overlap",
                        violation_error_message="These hours overlap other hours of the same day. Change or remove those.",
                    ),
                ],
            },
        ),
    ]
