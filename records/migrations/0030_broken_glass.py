"""Who opened the record of a patient outside the care: written once, and then for ever."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import audited, frozen


class Migration(migrations.Migration):
    """Glasses that were broken."""

    dependencies = [
        ("members", "0005_languages"),
        ("audit", "0002_trail"),
        ("records", "0013_favourites"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("until", models.DateTimeField(verbose_name="open until")),
                (
                    "doctor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.doctorprofile",
                        verbose_name="doctor",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.patientprofile",
                        verbose_name="patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "broken glass",
                "verbose_name_plural": "broken glasses",
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(fields=["doctor", "patient", "-until"], name="emergency_access_open"),
                    models.Index(fields=["-created_at", "-id"], name="emergency_access_latest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="emergency_access_reason",
                        violation_error_message="Say why you need to open this record.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__gt", models.F("created_at")),
                            (
                                "until__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("created_at"),
                                    "+",
                                    models.Value(datetime.timedelta(seconds=43200)),
                                ),
                            ),
                        ),
                        name="emergency_access_until",
                        violation_error_message="A record opened with a reason stays open for 12 hours at most.",
                    ),
                ],
            },
        ),
        *frozen(
            "records_emergencyaccess",
            when="true",
            message="A record of who opened what, and why, never changes.",
        ),
        *audited("records_emergencyaccess"),
    ]
