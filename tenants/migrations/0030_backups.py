"""Backups of clinics, and what was restored from them."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import enforced_transitions

OF_BACKUPS = (
    ("asked", "failed"),
    ("asked", "running"),
    ("ready", "removed"),
    ("running", "failed"),
    ("running", "ready"),
    ("running", "running"),
)
OF_RESTORES = (
    ("asked", "failed"),
    ("asked", "running"),
    ("done", "dropped"),
    ("done", "undone"),
    ("running", "done"),
    ("running", "failed"),
    ("running", "running"),
    ("undone", "dropped"),
)


class Migration(migrations.Migration):
    """Each goes its way once."""

    dependencies = [
        ("tenants", "0040_erasures"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="restoring_since",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="being restored since"
            ),
        ),
        migrations.CreateModel(
            name="Backup",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "asked_by",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="asked by"),
                ),
                ("file_name", models.CharField(editable=False, max_length=255, verbose_name="file")),
                ("secret", models.TextField(blank=True, editable=False)),
                ("done_parts", models.PositiveIntegerField(default=0, editable=False)),
                ("all_parts", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "started_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="begun"),
                ),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="ended"),
                ),
                ("problem", models.TextField(blank=True, editable=False, verbose_name="problem")),
                ("report", models.JSONField(blank=True, default=dict, editable=False, verbose_name="report")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "waits for the worker"),
                            ("running", "is being made"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                            ("removed", "removed"),
                        ],
                        default="asked",
                        editable=False,
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "is_encrypted",
                    models.BooleanField(default=False, editable=False, verbose_name="encrypted"),
                ),
                ("is_nightly", models.BooleanField(default=False, editable=False, verbose_name="nightly")),
                (
                    "size",
                    models.PositiveBigIntegerField(
                        blank=True, editable=False, null=True, verbose_name="size in bytes"
                    ),
                ),
                (
                    "sha256",
                    models.CharField(blank=True, editable=False, max_length=64, verbose_name="fingerprint"),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="backups",
                        to="tenants.organization",
                        verbose_name="clinic",
                    ),
                ),
            ],
            options={
                "verbose_name": "backup",
                "verbose_name_plural": "backups",
                "ordering": ("-created_at",),
                "indexes": [models.Index(fields=["organization", "-created_at"], name="backup_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["asked", "running", "ready", "failed", "removed"])
                        ),
                        name="backup_status",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["ready", "removed"]), ("size__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["ready", "removed"]), _negated=True),
                                models.Q(("size__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="backup_size",
                        violation_error_message="This state and its facts do not belong together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("secret", ""), ("status__in", ["asked", "running"]), _connector="OR"
                        ),
                        name="backup_secret_forgotten",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["asked", "running"])),
                        fields=("organization",),
                        name="backup_one_at_a_time",
                        violation_error_message="A backup of this clinic is being made already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Restore",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "asked_by",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="asked by"),
                ),
                ("file_name", models.CharField(editable=False, max_length=255, verbose_name="file")),
                ("secret", models.TextField(blank=True, editable=False)),
                ("done_parts", models.PositiveIntegerField(default=0, editable=False)),
                ("all_parts", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "started_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="begun"),
                ),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="ended"),
                ),
                ("problem", models.TextField(blank=True, editable=False, verbose_name="problem")),
                ("report", models.JSONField(blank=True, default=dict, editable=False, verbose_name="report")),
                ("is_in_place", models.BooleanField(default=False, editable=False, verbose_name="in place")),
                (
                    "label",
                    models.CharField(
                        blank=True, editable=False, max_length=32, verbose_name="address of the new clinic"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "waits for the worker"),
                            ("running", "is being restored"),
                            ("done", "restored"),
                            ("failed", "failed: nothing was changed"),
                            ("undone", "taken back"),
                            ("dropped", "settled: the other state is gone"),
                        ],
                        default="asked",
                        editable=False,
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "kept_schema",
                    models.CharField(blank=True, editable=False, max_length=63, verbose_name="kept as"),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restores",
                        to="tenants.organization",
                        verbose_name="clinic",
                    ),
                ),
            ],
            options={
                "verbose_name": "restore",
                "verbose_name_plural": "restores",
                "ordering": ("-created_at",),
                "indexes": [models.Index(fields=["organization", "-created_at"], name="restore_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["asked", "running", "done", "failed", "undone", "dropped"])
                        ),
                        name="restore_status",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_in_place", True), ("label", ""), ("organization__isnull", False)),
                            models.Q(
                                ("is_in_place", False),
                                ("label__regex", "^(?!..--)[a-z][a-z0-9-]{0,30}[a-z0-9]$"),
                            ),
                            _connector="OR",
                        ),
                        name="restore_whereto",
                        violation_error_message="It becomes a new clinic, or takes the place of one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("organization__isnull", False),
                            models.Q(("status", "done"), _negated=True),
                            _connector="OR",
                        ),
                        name="restore_done_of",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kept_schema", ""),
                            models.Q(("is_in_place", True), ("kept_schema__regex", "^kept_[0-9a-f]{16}$")),
                            _connector="OR",
                        ),
                        name="restore_kept",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("secret", ""), ("status__in", ["asked", "running"]), _connector="OR"
                        ),
                        name="restore_secret_forgotten",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["asked", "running"])),
                        fields=("organization",),
                        name="restore_one_at_a_time",
                        violation_error_message="This clinic is being restored already.",
                    ),
                ],
            },
        ),
        *enforced_transitions("tenants_backup", OF_BACKUPS, initial=["asked"]),
        *enforced_transitions("tenants_restore", OF_RESTORES, initial=["asked"]),
    ]
