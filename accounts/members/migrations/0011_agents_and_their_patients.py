"""Which agent looks after which patient, and who registered a patient."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    """Agents and their patients."""

    dependencies = [
        ("members", "0013_doctors_of_the_plan"),
    ]

    operations = [
        migrations.AddField(
            model_name="patientprofile",
            name="registered_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.member",
                verbose_name="registered by",
            ),
        ),
        migrations.CreateModel(
            name="AgentAssignment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "Waits for the clinic"),
                            ("active", "Active"),
                            ("ended", "Ended"),
                        ],
                        default="active",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("since", models.DateField(blank=True, null=True, verbose_name="from")),
                (
                    "until",
                    models.DateField(
                        blank=True,
                        help_text="The last day. Empty: until somebody ends it.",
                        null=True,
                        verbose_name="until",
                    ),
                ),
                (
                    "notes",
                    models.TextField(
                        blank=True,
                        help_text="The agent reads them: nothing about illness or treatment.",
                        max_length=2000,
                        verbose_name="notes",
                    ),
                ),
                (
                    "given_as",
                    models.CharField(
                        blank=True, editable=False, max_length=201, verbose_name="name as the agent gave it"
                    ),
                ),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="ended at"),
                ),
                (
                    "end_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=500, verbose_name="reason for the end"
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="members.agentprofile",
                        verbose_name="agent",
                    ),
                ),
                (
                    "assigned_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="assigned by",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="ended by",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="members.patientprofile",
                        verbose_name="patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "agent's patient",
                "verbose_name_plural": "agents' patients",
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(fields=["agent", "patient", "status"], name="members_assignment_of_agent"),
                    models.Index(
                        condition=models.Q(("status", "requested")),
                        fields=["created_at"],
                        name="members_assignment_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("status", "active")),
                        fields=["until"],
                        name="members_assignment_until",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["requested", "active", "ended"])),
                        name="members_assignment_status",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["ended"]), ("ended_at__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["ended"]), _negated=True),
                                models.Q(("ended_at__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="members_assignment_ended",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", False), models.Q(("end_reason", ""), _negated=True)
                            ),
                            models.Q(
                                ("end_reason", ""), ("ended_at__isnull", True), ("ended_by__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="members_assignment_end_reason",
                        violation_error_message="Say why it ends.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "active"), _negated=True),
                            ("since__isnull", False),
                            _connector="OR",
                        ),
                        name="members_assignment_since",
                        violation_error_message="Say from which day on.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "requested"), _negated=True),
                            models.Q(("given_as", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="members_assignment_given_as",
                        violation_error_message="Say who the patient is.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="members_assignment_days",
                        violation_error_message="The last day is not before the first.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("requested", "active"))),
                        fields=("patient", "agent"),
                        name="members_assignment_one_running",
                        violation_error_message="This agent has the patient already.",
                    ),
                    models.UniqueConstraint(
                        fields=("id", "agent", "patient"), name="members_assignment_pair"
                    ),
                ],
            },
        ),
    ]
