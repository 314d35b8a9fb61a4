"""Erasures, their steps, holds, and times to keep."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("patient_id", models.UUIDField(editable=False, unique=True, verbose_name="patient")),
                (
                    "pseudonym",
                    models.CharField(editable=False, max_length=12, unique=True, verbose_name="pseudonym"),
                ),
                ("asked_by_id", models.UUIDField(editable=False, null=True, verbose_name="carried out by")),
                ("reason", models.CharField(max_length=500, verbose_name="why")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pseudonymised", "Identity gone, records under a pseudonym"),
                            ("complete", "Everything gone"),
                        ],
                        default="pseudonymised",
                        editable=False,
                        max_length=14,
                        verbose_name="state",
                    ),
                ),
                (
                    "clinical_until",
                    models.DateField(editable=False, null=True, verbose_name="health records kept until"),
                ),
                (
                    "accounts_until",
                    models.DateField(editable=False, null=True, verbose_name="accounts kept until"),
                ),
                ("completed_at", models.DateTimeField(editable=False, null=True, verbose_name="completed")),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "pseudonymised")),
                        fields=["clinical_until"],
                        name="erasure_clinical_over",
                    ),
                    models.Index(
                        condition=models.Q(("status", "pseudonymised")),
                        fields=["accounts_until"],
                        name="erasure_accounts_over",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["pseudonymised", "complete"])),
                        name="erasure_status",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["complete"]), ("completed_at__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["complete"]), _negated=True),
                                models.Q(("completed_at__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="erasure_completed_at",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="erasure_reason",
                        violation_error_message="Say why the patient is erased.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "pseudonymised"),
                            models.Q(("accounts_until", None), ("clinical_until", None)),
                            _connector="OR",
                        ),
                        name="erasure_nothing_left",
                        violation_error_message="Something is still kept.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("patient_id", models.UUIDField(editable=False, verbose_name="patient")),
                ("reason", models.CharField(max_length=500, verbose_name="why")),
                ("placed_by_id", models.UUIDField(editable=False, null=True, verbose_name="placed by")),
                ("lifted_at", models.DateTimeField(editable=False, null=True, verbose_name="lifted")),
                ("lifted_by_id", models.UUIDField(editable=False, null=True, verbose_name="lifted by")),
            ],
            options={
                "verbose_name": "legal hold",
                "verbose_name_plural": "legal holds",
                "ordering": ("-created_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("patient_id",),
                        name="legal_hold_one",
                        violation_error_message="The file of this patient is held already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="legal_hold_reason",
                        violation_error_message="Say why the file must stay.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
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
                        choices=[("clinical", "Health records"), ("accounts", "Accounts and invoices")],
                        max_length=10,
                        unique=True,
                        verbose_name="kind",
                    ),
                ),
                ("years", models.PositiveSmallIntegerField(verbose_name="years")),
                (
                    "least",
                    models.PositiveSmallIntegerField(editable=False, verbose_name="years the law asks for"),
                ),
            ],
            options={
                "verbose_name": "time to keep",
                "verbose_name_plural": "times to keep",
                "ordering": ("kind",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["clinical", "accounts"])),
                        name="retention_rule_kind",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("years__gte", models.F("least")), ("years__lte", 100)),
                        name="retention_rule_never_shorter",
                        violation_error_message="Records may be kept longer than the law says, up to 100 years, never shorter.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ErasureStep",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("phase", models.CharField(max_length=10, verbose_name="moment")),
                ("table_name", models.CharField(max_length=63, verbose_name="record")),
                ("path", models.JSONField(verbose_name="way to the patient")),
                ("columns", models.JSONField(default=dict, verbose_name="columns")),
                ("is_delete", models.BooleanField(default=False, verbose_name="rows are deleted")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="rows")),
                ("entries", models.PositiveIntegerField(default=0, verbose_name="entries of the trail")),
                (
                    "erasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="erasure.erasure",
                        verbose_name="erasure",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of an erasure",
                "verbose_name_plural": "steps of erasures",
                "ordering": ("created_at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("phase__in", ["identity", "clinical", "accounts"])),
                        name="erasure_step_phase",
                    )
                ],
            },
        ),
    ]
