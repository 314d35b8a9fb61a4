"""Branches, their rooms, and at which of them hours, visits and wishes are."""

import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

import scheduling.models.ranges


class Migration(migrations.Migration):
    """Tables of branches and rooms; columns that name them. Nothing named is the main branch."""

    dependencies = [
        ("members", "0005_languages"),
        ("scheduling", "0102_agents_until_now"),
    ]

    operations = [
        migrations.CreateModel(
            name="Room",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "purpose",
                    models.CharField(
                        blank=True,
                        help_text="For example: consultations, ultrasound.",
                        max_length=200,
                        verbose_name="what for",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "room",
                "verbose_name_plural": "rooms",
                "ordering": ("name",),
            },
        ),
        migrations.AddField(
            model_name="waitinglistentry",
            name="any_branch",
            field=models.BooleanField(default=True, verbose_name="any branch"),
        ),
        migrations.CreateModel(
            name="Branch",
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
                        error_messages={"unique": "There is already a branch with this name."},
                        max_length=80,
                        unique=True,
                        verbose_name="name",
                    ),
                ),
                ("address", models.CharField(max_length=300, verbose_name="street and town")),
                (
                    "latitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=9,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="latitude",
                    ),
                ),
                (
                    "longitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=9,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="longitude",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "branch",
                "verbose_name_plural": "branches",
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="branch_name",
                        violation_error_message="Give the branch a name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("address", ""), _negated=True),
                        name="branch_address",
                        violation_error_message="Say where the branch is: patients must find it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(
                                ("latitude__isnull", False),
                                ("latitude__range", (-90, 90)),
                                ("longitude__isnull", False),
                                ("longitude__range", (-180, 180)),
                            ),
                            _connector="OR",
                        ),
                        name="branch_place",
                        violation_error_message="Give both coordinates or neither.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="appointment",
            name="branch",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appointments",
                to="scheduling.branch",
                verbose_name="branch",
            ),
        ),
        migrations.AddField(
            model_name="availabilityexception",
            name="branch",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.branch",
                verbose_name="branch",
            ),
        ),
        migrations.AddField(
            model_name="availabilityrule",
            name="branch",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.branch",
                verbose_name="branch",
            ),
        ),
        migrations.AddField(
            model_name="waitinglistentry",
            name="branch",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.branch",
                verbose_name="branch",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitinglistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("any_branch", False), ("branch__isnull", True), _connector="OR"),
                name="waiting_list_entry_branch",
                violation_error_message="Choose any branch, or one.",
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="branch",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Empty: the main branch.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rooms",
                to="scheduling.branch",
                verbose_name="branch",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="room",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appointments",
                to="scheduling.room",
                verbose_name="room",
            ),
        ),
        migrations.AddField(
            model_name="availabilityexception",
            name="room",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.room",
                verbose_name="room",
            ),
        ),
        migrations.AddField(
            model_name="availabilityrule",
            name="room",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.room",
                verbose_name="room",
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("branch__isnull", False)),
                fields=["branch", "starts_at"],
                name="appointment_branch_day",
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("room__isnull", False)),
                fields=["room", "starts_at"],
                name="appointment_room_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    ("room__isnull", False),
                    ("status__in", ("pending", "proposed", "booked", "arrived", "checked_in")),
                ),
                expressions=[
                    (scheduling.models.ranges.KeyRange("room"), "&&"),
                    (scheduling.models.ranges.TimeRange("starts_at", "ends_at"), "&&"),
                ],
                name="appointment_room_overlap",
                violation_error_message="The room is taken at this time. Choose another one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="availabilityexception",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("room__isnull", False)),
                expressions=[
                    (scheduling.models.ranges.KeyRange("room"), "&&"),
                    (scheduling.models.ranges.TimeRange("starts_at", "ends_at"), "&&"),
                ],
                name="availability_exception_room",
                violation_error_message="Another doctor has this room at these hours. Choose another room or other hours.",
            ),
        ),
        migrations.AddConstraint(
            model_name="availabilityexception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "leave"), _negated=True),
                    models.Q(("branch__isnull", True), ("room__isnull", True)),
                    _connector="OR",
                ),
                name="availability_exception_leave_place",
                violation_error_message="Leave has no branch and no room.",
            ),
        ),
        migrations.AddConstraint(
            model_name="availabilityrule",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("room__isnull", False)),
                expressions=[
                    (scheduling.models.ranges.KeyRange("room"), "&&"),
                    (scheduling.models.ranges.NumberRange("weekday"), "&&"),
                    (scheduling.models.ranges.DayRange("valid_from", "valid_until"), "&&"),
                    (scheduling.models.ranges.ClockRange("starts", "ends"), "&&"),
                ],
                name="availability_rule_room",
                violation_error_message="Another doctor has this room at these hours. Choose another room or other hours.",
            ),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True),
                name="room_name",
                violation_error_message="Give the room a name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.UniqueConstraint(
                fields=("branch", "name"),
                name="room_name_in_branch",
                nulls_distinct=False,
                violation_error_message="This branch already has a room with this name.",
            ),
        ),
    ]
