"""The walk-in queue: departments and tickets."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    """The queue's tables."""

    initial = True

    dependencies = [
        ("members", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="Department",
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
                        error_messages={"unique": "There is already a department with this name."},
                        max_length=80,
                        unique=True,
                        verbose_name="name",
                    ),
                ),
                (
                    "prefix",
                    models.CharField(
                        help_text="Stands before the number on the slip: A gives A-001.",
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{1,3}$", "One to three capital letters, A to Z."
                            )
                        ],
                        verbose_name="letter",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, editable=False, verbose_name="in use")),
                (
                    "last_day",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="last counted on"),
                ),
                (
                    "last_number",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="last number"),
                ),
            ],
            options={
                "verbose_name": "department",
                "verbose_name_plural": "departments",
                "ordering": ("prefix", "name"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="queue_department_name",
                        violation_error_message="Give the department a name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("prefix__regex", "^[A-Z]{1,3}$")),
                        name="queue_department_letters",
                        violation_error_message="One to three capital letters, A to Z.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("prefix",),
                        name="queue_department_prefix",
                        violation_error_message="Another department has this letter. Choose one of its own.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("last_day__isnull", True), ("last_number", 0)),
                            models.Q(("last_day__isnull", False), ("last_number__gte", 1)),
                            _connector="OR",
                        ),
                        name="queue_department_counted",
                        violation_error_message="Numbers are counted one by one.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueueEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "day",
                    models.DateField(
                        default=django.utils.timezone.localdate, editable=False, verbose_name="day"
                    ),
                ),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="number")),
                ("token", models.CharField(editable=False, max_length=12, verbose_name="ticket")),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        help_text="Of somebody who is not registered.",
                        max_length=100,
                        verbose_name="name",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Emergency"), (2, "Urgent"), (3, "Ordinary")],
                        default=3,
                        verbose_name="priority",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("called", "Called"),
                            ("in_progress", "Being seen"),
                            ("completed", "Done"),
                            ("left", "Left"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("room", models.CharField(blank=True, editable=False, max_length=40, verbose_name="room")),
                (
                    "estimated_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True, editable=False, null=True, verbose_name="estimated wait in minutes"
                    ),
                ),
                (
                    "turn_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="in turn since"
                    ),
                ),
                (
                    "calls",
                    models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="times called"),
                ),
                (
                    "called_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="called at"),
                ),
                (
                    "started_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="seen from"),
                ),
                (
                    "completed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="done at"),
                ),
                (
                    "left_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="left at"),
                ),
                (
                    "called_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="called by",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="queue.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="members.patientprofile",
                        verbose_name="patient",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="handed out by",
                    ),
                ),
            ],
            options={
                "verbose_name": "ticket",
                "verbose_name_plural": "tickets",
                "ordering": ("-day", "created_at"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "waiting")),
                        fields=["department", "day", "priority", "turn_at", "id"],
                        name="queue_entry_turn",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["waiting", "called", "in_progress", "completed", "left"])
                        ),
                        name="queue_entry_status",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__gte", 1), ("priority__lte", 3)),
                        name="queue_entry_priority",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("patient__isnull", True), ("name", ""), _connector="OR"),
                        name="queue_entry_whose",
                        violation_error_message="Choose a patient or write a name, not both.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "left"),
                            models.Q(("called_at__isnull", True), ("room", ""), ("status", "waiting")),
                            models.Q(
                                ("called_at__isnull", False),
                                ("status__in", ("called", "in_progress", "completed")),
                                models.Q(("room", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="queue_entry_called",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "left"),
                            models.Q(
                                ("started_at__isnull", False), ("status__in", ("in_progress", "completed"))
                            ),
                            models.Q(
                                models.Q(("status__in", ("in_progress", "completed")), _negated=True),
                                ("started_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="queue_entry_started",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["completed"]), ("completed_at__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["completed"]), _negated=True),
                                models.Q(("completed_at__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="queue_entry_completed",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["left"]), ("left_at__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["left"]), _negated=True),
                                models.Q(("left_at__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="queue_entry_left",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("completed_at__isnull", True),
                            ("completed_at__gte", models.F("started_at")),
                            _connector="OR",
                        ),
                        name="queue_entry_ends_after_start",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.UniqueConstraint(
                        fields=("department", "day", "number"),
                        name="queue_entry_number",
                        violation_error_message="This number has been handed out.",
                    ),
                    models.UniqueConstraint(
                        fields=("day", "token"),
                        name="queue_entry_token",
                        violation_error_message="This number has been handed out.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("waiting", "called", "in_progress"))),
                        fields=("department", "day", "patient"),
                        name="queue_entry_once",
                        violation_error_message="This patient already has a number here today.",
                    ),
                    models.UniqueConstraint(
                        models.F("day"),
                        django.db.models.functions.text.Lower("room"),
                        condition=models.Q(("status", "called")),
                        name="queue_entry_room",
                        violation_error_message="Somebody is already called to this room. Say first whether they came.",
                    ),
                ],
            },
        ),
    ]
