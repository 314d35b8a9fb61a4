"""Kinds of visits, pauses, places, series, closing days, the clinic's rules for booking and the waiting list."""

import datetime
from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import uuid_utils.compat
from django.db import migrations, models

import scheduling.models.ranges


class Migration(migrations.Migration):
    """The tables and columns."""

    dependencies = [
        ("members", "0002_rules"),
        ("scheduling", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="AppointmentSeries",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "every_weeks",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="every so many weeks",
                    ),
                ),
                (
                    "visits",
                    models.PositiveSmallIntegerField(
                        default=6,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(52),
                        ],
                        verbose_name="number of visits",
                    ),
                ),
            ],
            options={
                "verbose_name": "series of visits",
                "verbose_name_plural": "series of visits",
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="AppointmentType",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "name",
                    models.CharField(
                        error_messages={"unique": "There is already a kind of visit with this name."},
                        max_length=80,
                        unique=True,
                        verbose_name="name",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("new", "First visit"),
                            ("routine", "Visit"),
                            ("followup", "Follow-up"),
                            ("checkup", "Check-up"),
                            ("emergency", "Urgent visit"),
                        ],
                        default="routine",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: as long as the doctor's hours say.",
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
                (
                    "buffer_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: as the doctor's hours say.",
                        null=True,
                        validators=[
                            django.core.validators.MaxValueValidator(
                                240, "The pause after a visit is four hours at most."
                            )
                        ],
                        verbose_name="minutes of pause afterwards",
                    ),
                ),
                (
                    "fee",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="Empty: the doctor's own fee.",
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="fee",
                    ),
                ),
                (
                    "follow_up_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="So many days after a visit with the same doctor the reduced fee is charged.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="reduced within days",
                    ),
                ),
                (
                    "follow_up_percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="0 is free of charge, 50 is half.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="reduced fee in percent",
                    ),
                ),
                (
                    "is_public",
                    models.BooleanField(default=True, verbose_name="patients may book it themselves"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("position", models.PositiveSmallIntegerField(default=10, verbose_name="position")),
            ],
            options={
                "verbose_name": "kind of visit",
                "verbose_name_plural": "kinds of visits",
                "ordering": ("position", "name"),
            },
        ),
        migrations.CreateModel(
            name="BookingPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("is_only", models.BooleanField(default=True, editable=False, unique=True)),
                (
                    "minimum_notice_hours",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="hours of notice before a visit",
                    ),
                ),
                (
                    "horizon_days",
                    models.PositiveSmallIntegerField(
                        default=366,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="days ahead that can be booked",
                    ),
                ),
                (
                    "unconfirmed_minutes",
                    models.PositiveSmallIntegerField(
                        default=120,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="minutes a request is kept until the patient confirms it",
                    ),
                ),
                (
                    "answer_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(168),
                        ],
                        verbose_name="hours a request is kept until the clinic answers",
                    ),
                ),
                (
                    "change_deadline_hours",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(336),
                        ],
                        verbose_name="hours before the visit until which patients may change it",
                    ),
                ),
                (
                    "offer_minutes",
                    models.PositiveSmallIntegerField(
                        default=120,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(2880),
                        ],
                        verbose_name="minutes a time is kept for somebody on the waiting list",
                    ),
                ),
                (
                    "most_per_patient",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="open visits booked online by one patient",
                    ),
                ),
                (
                    "most_per_contact",
                    models.PositiveSmallIntegerField(
                        default=4,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="open requests with one e-mail address or phone number",
                    ),
                ),
                (
                    "most_per_address",
                    models.PositiveSmallIntegerField(
                        default=6,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="requests an hour from one internet address",
                    ),
                ),
                (
                    "most_unconfirmed_percent",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="percent of the free times kept for unconfirmed requests",
                    ),
                ),
                (
                    "closes_on_public_holidays",
                    models.BooleanField(default=False, verbose_name="closed on public holidays"),
                ),
            ],
            options={
                "verbose_name": "rules for booking",
                "verbose_name_plural": "rules for booking",
            },
        ),
        migrations.CreateModel(
            name="ClosingDay",
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
                        choices=[("closing", "Closed"), ("holiday", "Public holiday")],
                        default="closing",
                        editable=False,
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Patients can read it.", max_length=200, verbose_name="reason"
                    ),
                ),
                ("first_day", models.DateField(verbose_name="from")),
                ("last_day", models.DateField(verbose_name="to (included)")),
                ("is_observed", models.BooleanField(default=True, verbose_name="closed")),
            ],
            options={
                "verbose_name": "closing day",
                "verbose_name_plural": "closing days",
                "ordering": ("first_day",),
            },
        ),
        migrations.CreateModel(
            name="DoctorAppointmentType",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("is_offered", models.BooleanField(default=True, verbose_name="offers it")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: as the kind of visit says.",
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
                (
                    "buffer_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: as the kind of visit says.",
                        null=True,
                        validators=[
                            django.core.validators.MaxValueValidator(
                                240, "The pause after a visit is four hours at most."
                            )
                        ],
                        verbose_name="minutes of pause afterwards",
                    ),
                ),
                (
                    "fee",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="Empty: as the kind of visit says.",
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="fee",
                    ),
                ),
            ],
            options={
                "verbose_name": "a doctor's kind of visit",
                "verbose_name_plural": "doctors' kinds of visits",
                "ordering": ("doctor", "appointment_type"),
            },
        ),
        migrations.CreateModel(
            name="WaitingListEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "specialisation",
                    models.CharField(blank=True, max_length=200, verbose_name="specialisation"),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[
                                (1, "Monday"),
                                (2, "Tuesday"),
                                (3, "Wednesday"),
                                (4, "Thursday"),
                                (5, "Friday"),
                                (6, "Saturday"),
                                (7, "Sunday"),
                            ]
                        ),
                        blank=True,
                        default=list,
                        help_text="None chosen: any day.",
                        size=None,
                        verbose_name="days",
                    ),
                ),
                ("earliest_time", models.TimeField(blank=True, null=True, verbose_name="not before")),
                ("latest_time", models.TimeField(blank=True, null=True, verbose_name="not after")),
                ("first_day", models.DateField(default=django.utils.timezone.localdate, verbose_name="from")),
                ("last_day", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "As soon as possible"), (2, "Urgent"), (3, "Ordinary")],
                        default=3,
                        verbose_name="priority",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waitlist", "Waiting"),
                            ("proposed", "A time is offered"),
                            ("booked", "Booked"),
                            ("cancelled", "Taken off the list"),
                        ],
                        default="waitlist",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "lapsed_offers",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, verbose_name="offers not answered"
                    ),
                ),
                (
                    "cancelled_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="taken off at"),
                ),
            ],
            options={
                "verbose_name": "wish on the waiting list",
                "verbose_name_plural": "waiting list",
                "ordering": ("priority", "created_at", "id"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="appointment",
            name="appointment_status",
        ),
        migrations.RemoveConstraint(
            model_name="appointment",
            name="appointment_source",
        ),
        migrations.RemoveConstraint(
            model_name="appointment",
            name="appointment_doctor_overlap",
        ),
        migrations.AddField(
            model_name="appointment",
            name="address_hash",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="appointment",
            name="agent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appointments",
                to="members.agentprofile",
                verbose_name="agent",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="busy_until",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="With the pause after the visit.",
                null=True,
                verbose_name="busy until",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="fee",
            field=models.DecimalField(
                blank=True, decimal_places=3, editable=False, max_digits=12, null=True, verbose_name="fee"
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="mode",
            field=models.CharField(
                choices=[("in_person", "At the clinic"), ("virtual", "By video"), ("home", "At home")],
                default="in_person",
                max_length=10,
                verbose_name="where",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="overbook_reason",
            field=models.CharField(
                blank=True, editable=False, max_length=500, verbose_name="reason for overbooking"
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="patient_confirmed_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="confirmed by the patient at"
            ),
        ),
        migrations.AddField(
            model_name="availabilityexception",
            name="mode",
            field=models.CharField(
                choices=[("in_person", "At the clinic"), ("virtual", "By video"), ("home", "At home")],
                default="in_person",
                max_length=10,
                verbose_name="where",
            ),
        ),
        migrations.AddField(
            model_name="availabilityrule",
            name="buffer_minutes",
            field=models.PositiveSmallIntegerField(
                default=0,
                validators=[
                    django.core.validators.MaxValueValidator(
                        240, "The pause after a visit is four hours at most."
                    )
                ],
                verbose_name="minutes of pause afterwards",
            ),
        ),
        migrations.AddField(
            model_name="availabilityrule",
            name="horizon_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="How far ahead patients may book. Empty: as the clinic's rules say.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1, "Visits can be booked 1 to 366 days ahead."),
                    django.core.validators.MaxValueValidator(
                        366, "Visits can be booked 1 to 366 days ahead."
                    ),
                ],
                verbose_name="days ahead",
            ),
        ),
        migrations.AddField(
            model_name="availabilityrule",
            name="minimum_notice_hours",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="How long before a visit patients must book it. Empty: as the clinic's rules say.",
                null=True,
                validators=[
                    django.core.validators.MaxValueValidator(1440, "Notice is 60 days (1440 hours) at most.")
                ],
                verbose_name="hours of notice",
            ),
        ),
        migrations.AddField(
            model_name="availabilityrule",
            name="mode",
            field=models.CharField(
                choices=[("in_person", "At the clinic"), ("virtual", "By video"), ("home", "At home")],
                default="in_person",
                max_length=10,
                verbose_name="where",
            ),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="source",
            field=models.CharField(
                choices=[
                    ("public", "Public page"),
                    ("portal", "Patient's portal"),
                    ("reception", "Reception"),
                    ("agent", "Agent"),
                    ("waitlist", "Waiting list"),
                ],
                editable=False,
                max_length=10,
                verbose_name="booked through",
            ),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="status",
            field=models.CharField(
                choices=[
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
        migrations.AddConstraint(
            model_name="availabilityexception",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["in_person", "virtual", "home"])),
                name="availability_exception_mode",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="availabilityrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["in_person", "virtual", "home"])),
                name="availability_rule_mode",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="availabilityrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("buffer_minutes__lte", 240)),
                name="availability_rule_buffer_minutes",
                violation_error_message="The pause after a visit is four hours at most.",
            ),
        ),
        migrations.AddConstraint(
            model_name="availabilityrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum_notice_hours__isnull", True),
                    ("minimum_notice_hours__lte", 1440),
                    _connector="OR",
                ),
                name="availability_rule_notice",
                violation_error_message="Notice is 60 days (1440 hours) at most.",
            ),
        ),
        migrations.AddConstraint(
            model_name="availabilityrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("horizon_days__isnull", True),
                    models.Q(("horizon_days__gte", 1), ("horizon_days__lte", 366)),
                    _connector="OR",
                ),
                name="availability_rule_horizon",
                violation_error_message="Visits can be booked 1 to 366 days ahead.",
            ),
        ),
        migrations.AddField(
            model_name="appointmentseries",
            name="booked_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.member",
                verbose_name="booked by",
            ),
        ),
        migrations.AddField(
            model_name="appointmentseries",
            name="doctor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="series",
                to="members.doctorprofile",
                verbose_name="doctor",
            ),
        ),
        migrations.AddField(
            model_name="appointmentseries",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="series",
                to="members.patientprofile",
                verbose_name="patient",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="series",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appointments",
                to="scheduling.appointmentseries",
                verbose_name="series",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmenttype",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["new", "routine", "followup", "checkup", "emergency"])),
                name="appointment_type_kind",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmenttype",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True),
                name="appointment_type_name",
                violation_error_message="Give the kind of visit a name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmenttype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minutes__isnull", True),
                    models.Q(("minutes__gte", 5), ("minutes__lte", 480)),
                    _connector="OR",
                ),
                name="appointment_type_minutes",
                violation_error_message="A visit lasts between 5 and 480 minutes.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmenttype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("buffer_minutes__isnull", True), ("buffer_minutes__lte", 240), _connector="OR"
                ),
                name="appointment_type_buffer_minutes",
                violation_error_message="The pause after a visit is four hours at most.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmenttype",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee__isnull", True), ("fee__gte", 0), _connector="OR"),
                name="appointment_type_fee",
                violation_error_message="A fee is not negative.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmenttype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("follow_up_days__isnull", True), ("follow_up_percent__isnull", True)),
                    models.Q(
                        ("follow_up_days__gte", 1),
                        ("follow_up_days__isnull", False),
                        ("follow_up_days__lte", 366),
                        ("follow_up_percent__isnull", False),
                        ("follow_up_percent__lte", 100),
                    ),
                    _connector="OR",
                ),
                name="appointment_type_follow_up",
                violation_error_message="Give both the days and the percentage of the reduced fee.",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="appointment_type",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appointments",
                to="scheduling.appointmenttype",
                verbose_name="kind of visit",
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("address_hash", ""), _negated=True),
                fields=["address_hash", "created_at"],
                name="appointment_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
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
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["public", "portal", "reception", "agent", "waitlist"])),
                name="appointment_source",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["in_person", "virtual", "home"])),
                name="appointment_mode",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("busy_until__isnull", True),
                    models.Q(
                        ("busy_until__gt", models.F("ends_at")),
                        (
                            "busy_until__lte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("ends_at"), "+", models.Value(datetime.timedelta(seconds=14400))
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="appointment_busy_until",
                violation_error_message="The pause after a visit is four hours at most.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee__isnull", True), ("fee__gte", 0), _connector="OR"),
                name="appointment_fee",
                violation_error_message="A fee is not negative.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", "agent"), _negated=True), ("agent__isnull", False), _connector="OR"
                ),
                name="appointment_agent",
                violation_error_message="Say which agent made this booking.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    ("overbook_reason", ""),
                    ("status__in", ("pending", "proposed", "booked", "arrived", "checked_in")),
                ),
                expressions=[
                    (scheduling.models.ranges.KeyRange("doctor"), "&&"),
                    (scheduling.models.ranges.BusyRange(), "&&"),
                ],
                name="appointment_doctor_overlap",
                violation_error_message="This time is already taken. Choose another one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_only", True)), name="booking_policy_only"
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("minimum_notice_hours__gte", 0), ("minimum_notice_hours__lte", 1440)),
                name="booking_policy_minimum_notice_hours",
                violation_error_message="0 to 1440 is possible.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("horizon_days__gte", 1), ("horizon_days__lte", 366)),
                name="booking_policy_horizon_days",
                violation_error_message="1 to 366 is possible.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("unconfirmed_minutes__gte", 5), ("unconfirmed_minutes__lte", 1440)),
                name="booking_policy_unconfirmed_minutes",
                violation_error_message="5 to 1440 is possible.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer_hours__gte", 1), ("answer_hours__lte", 168)),
                name="booking_policy_answer_hours",
                violation_error_message="1 to 168 is possible.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("change_deadline_hours__gte", 0), ("change_deadline_hours__lte", 336)),
                name="booking_policy_change_deadline_hours",
                violation_error_message="0 to 336 is possible.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("offer_minutes__gte", 5), ("offer_minutes__lte", 2880)),
                name="booking_policy_offer_minutes",
                violation_error_message="5 to 2880 is possible.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_per_patient__gte", 1), ("most_per_patient__lte", 50)),
                name="booking_policy_most_per_patient",
                violation_error_message="1 to 50 is possible.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_per_contact__gte", 1), ("most_per_contact__lte", 50)),
                name="booking_policy_most_per_contact",
                violation_error_message="1 to 50 is possible.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_per_address__gte", 1), ("most_per_address__lte", 1000)),
                name="booking_policy_most_per_address",
                violation_error_message="1 to 1000 is possible.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("most_unconfirmed_percent__gte", 1), ("most_unconfirmed_percent__lte", 100)
                ),
                name="booking_policy_most_unconfirmed_percent",
                violation_error_message="1 to 100 is possible.",
            ),
        ),
        migrations.AddIndex(
            model_name="closingday",
            index=models.Index(fields=["last_day"], name="closing_day_coming"),
        ),
        migrations.AddConstraint(
            model_name="closingday",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["closing", "holiday"])),
                name="closing_day_kind",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="closingday",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_day__gte", models.F("first_day"))),
                name="closing_day_order",
                violation_error_message="The last day must not be before the first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="closingday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "last_day__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("first_day"), "+", models.Value(datetime.timedelta(days=366))
                        ),
                    )
                ),
                name="closing_day_length",
                violation_error_message="A clinic closes for a year at most.",
            ),
        ),
        migrations.AddConstraint(
            model_name="closingday",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True),
                name="closing_day_name",
                violation_error_message="Say why the clinic is closed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="closingday",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_observed", True), ("kind", "holiday"), _connector="OR"),
                name="closing_day_observed",
                violation_error_message="Remove the closing day instead.",
            ),
        ),
        migrations.AddConstraint(
            model_name="closingday",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "holiday")),
                fields=("first_day",),
                name="closing_day_holiday",
                violation_error_message="This public holiday is already on record.",
            ),
        ),
        migrations.AddField(
            model_name="doctorappointmenttype",
            name="appointment_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="doctors",
                to="scheduling.appointmenttype",
                verbose_name="kind of visit",
            ),
        ),
        migrations.AddField(
            model_name="doctorappointmenttype",
            name="doctor",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appointment_types",
                to="members.doctorprofile",
                verbose_name="doctor",
            ),
        ),
        migrations.AddField(
            model_name="waitinglistentry",
            name="added_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.member",
                verbose_name="entered by",
            ),
        ),
        migrations.AddField(
            model_name="waitinglistentry",
            name="appointment",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wish",
                to="scheduling.appointment",
                verbose_name="visit",
            ),
        ),
        migrations.AddField(
            model_name="waitinglistentry",
            name="appointment_type",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wishes",
                to="scheduling.appointmenttype",
                verbose_name="kind of visit",
            ),
        ),
        migrations.AddField(
            model_name="waitinglistentry",
            name="doctor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wishes",
                to="members.doctorprofile",
                verbose_name="doctor",
            ),
        ),
        migrations.AddField(
            model_name="waitinglistentry",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wishes",
                to="members.patientprofile",
                verbose_name="patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmentseries",
            constraint=models.UniqueConstraint(fields=("id", "patient"), name="appointment_series_key"),
        ),
        migrations.AddConstraint(
            model_name="appointmentseries",
            constraint=models.CheckConstraint(
                condition=models.Q(("every_weeks__gte", 1), ("every_weeks__lte", 12)),
                name="appointment_series_every_weeks",
                violation_error_message="Visits come again after 1 to 12 weeks.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmentseries",
            constraint=models.CheckConstraint(
                condition=models.Q(("visits__gte", 2), ("visits__lte", 52)),
                name="appointment_series_visits",
                violation_error_message="A series has 2 to 52 visits.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doctorappointmenttype",
            constraint=models.UniqueConstraint(
                fields=("doctor", "appointment_type"),
                name="doctor_appointment_type_key",
                violation_error_message="This doctor already has an entry for this kind of visit.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doctorappointmenttype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minutes__isnull", True),
                    models.Q(("minutes__gte", 5), ("minutes__lte", 480)),
                    _connector="OR",
                ),
                name="doctor_appointment_type_minutes",
                violation_error_message="A visit lasts between 5 and 480 minutes.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doctorappointmenttype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("buffer_minutes__isnull", True), ("buffer_minutes__lte", 240), _connector="OR"
                ),
                name="doctor_appointment_type_buffer_minutes",
                violation_error_message="The pause after a visit is four hours at most.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doctorappointmenttype",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee__isnull", True), ("fee__gte", 0), _connector="OR"),
                name="doctor_appointment_type_fee",
                violation_error_message="A fee is not negative.",
            ),
        ),
        migrations.AddIndex(
            model_name="waitinglistentry",
            index=models.Index(
                condition=models.Q(("status", "waitlist")),
                fields=["priority", "created_at", "id"],
                name="waiting_list_entry_turn",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitinglistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["waitlist", "proposed", "booked", "cancelled"])),
                name="waiting_list_entry_status",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitinglistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["cancelled"]), ("cancelled_at__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["cancelled"]), _negated=True),
                        models.Q(("cancelled_at__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="waiting_list_entry_cancelled",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitinglistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["proposed", "booked"]), ("appointment__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["proposed", "booked"]), _negated=True),
                        models.Q(("appointment__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="waiting_list_entry_appointment",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitinglistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("doctor__isnull", False),
                    models.Q(("specialisation", ""), _negated=True),
                    _connector="OR",
                ),
                name="waiting_list_entry_whom",
                violation_error_message="Choose a doctor or a specialisation.",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitinglistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__gte", 1), ("priority__lte", 3)),
                name="waiting_list_entry_priority",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitinglistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekdays__contained_by", [1, 2, 3, 4, 5, 6, 7])),
                name="waiting_list_entry_weekdays",
                violation_error_message="Choose a day of the week.",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitinglistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("earliest_time__isnull", True),
                    ("latest_time__isnull", True),
                    ("latest_time__gt", models.F("earliest_time")),
                    _connector="OR",
                ),
                name="waiting_list_entry_times",
                violation_error_message="The end must come after the start.",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitinglistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_day__isnull", True), ("last_day__gte", models.F("first_day")), _connector="OR"
                ),
                name="waiting_list_entry_days",
                violation_error_message="The last day must not be before the first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitinglistentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("waitlist", "proposed"))),
                fields=("patient", "doctor", "specialisation"),
                name="waiting_list_entry_once",
                nulls_distinct=False,
                violation_error_message="This patient is already waiting for the same.",
            ),
        ),
    ]
