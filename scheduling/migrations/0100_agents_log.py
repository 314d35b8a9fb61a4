"""The log of what agents do for their patients."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    """What agents did, line by line."""

    dependencies = [
        ("members", "0012_rules_of_agents"),
        ("scheduling", "0096_moved_to_the_same_patients_visit"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assistance",
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
                        choices=[
                            ("call", "Call"),
                            ("visit", "Visit to the patient"),
                            ("transport", "Transport"),
                            ("other", "Something else"),
                            ("registration", "Registered the patient"),
                            ("booking", "Booked a visit"),
                            ("move", "Moved a visit"),
                            ("cancellation", "Called a visit off"),
                        ],
                        max_length=20,
                        verbose_name="what was done",
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.agentprofile",
                        verbose_name="agent",
                    ),
                ),
                (
                    "appointment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointment",
                        verbose_name="visit",
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assistances",
                        to="members.agentassignment",
                        verbose_name="assignment",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.patientprofile",
                        verbose_name="patient",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "agent's help",
                "verbose_name_plural": "agents' log",
                "ordering": ("-happened_at", "-id"),
                "indexes": [
                    models.Index(fields=["agent", "happened_at"], name="scheduling_help_of_agent"),
                    models.Index(
                        fields=["patient", "agent", "happened_at"], name="scheduling_help_of_patient"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "call",
                                    "visit",
                                    "transport",
                                    "other",
                                    "registration",
                                    "booking",
                                    "move",
                                    "cancellation",
                                ],
                            )
                        ),
                        name="scheduling_assistance_kind",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["call", "visit", "transport", "other", "registration"]),
                            ("appointment__isnull", False),
                            _connector="OR",
                        ),
                        name="scheduling_assistance_visit",
                        violation_error_message="Say which visit it was.",
                    ),
                ],
            },
        ),
    ]
