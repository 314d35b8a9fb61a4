"""Imports, and what came by them."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0013_doctors_of_the_plan"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportRun",
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
                            ("uploaded", "uploaded"),
                            ("previewed", "looked at"),
                            ("running", "being brought in"),
                            ("done", "brought in"),
                            ("failed", "failed"),
                            ("discarded", "put away"),
                            ("undone", "taken back"),
                        ],
                        default="uploaded",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("kind", models.CharField(editable=False, max_length=30, verbose_name="what")),
                ("file_name", models.CharField(editable=False, max_length=160, verbose_name="file")),
                ("size", models.PositiveIntegerField(editable=False, verbose_name="size in bytes")),
                ("sha256", models.CharField(editable=False, max_length=64, verbose_name="fingerprint")),
                ("format", models.JSONField(blank=True, default=dict, editable=False, verbose_name="format")),
                (
                    "mapping",
                    models.JSONField(blank=True, default=dict, editable=False, verbose_name="columns"),
                ),
                ("heads_sha256", models.CharField(blank=True, default="", editable=False, max_length=64)),
                (
                    "decisions",
                    models.JSONField(blank=True, default=dict, editable=False, verbose_name="decisions"),
                ),
                ("counts", models.JSONField(blank=True, default=dict, editable=False, verbose_name="counts")),
                ("rows", models.PositiveIntegerField(default=0, editable=False, verbose_name="rows")),
                ("problem", models.TextField(blank=True, default="", editable=False, verbose_name="problem")),
                (
                    "started_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="begun"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="ended"),
                ),
                (
                    "undone_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="taken back"),
                ),
                (
                    "file_deleted_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="file deleted"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="by",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="taken back by",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="ImportedRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                ("source", models.CharField(blank=True, default="", max_length=255, verbose_name="system")),
                ("kind", models.CharField(max_length=60, verbose_name="what")),
                ("key", models.CharField(max_length=255, verbose_name="identifier there")),
                ("model", models.CharField(max_length=80, verbose_name="kind of record")),
                ("record_id", models.UUIDField(verbose_name="record")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="fingerprint")),
                ("created", models.BooleanField(verbose_name="made by the import")),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="moving.importrun",
                        verbose_name="import",
                    ),
                ),
            ],
            options={
                "verbose_name": "imported record",
                "verbose_name_plural": "imported records",
                "ordering": ("run", "position"),
            },
        ),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(fields=["-created_at", "-id"], name="import_run_latest"),
        ),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(fields=["kind", "heads_sha256", "-created_at"], name="import_run_heads"),
        ),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(fields=["status", "created_at"], name="import_run_state"),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["uploaded", "previewed", "running", "done", "failed", "discarded", "undone"],
                    )
                ),
                name="import_run_status",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status__in", ["running", "done", "failed", "undone"]), ("started_at__isnull", False)
                    ),
                    models.Q(
                        models.Q(("status__in", ["running", "done", "failed", "undone"]), _negated=True),
                        models.Q(("started_at__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="import_run_begun",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["done", "failed", "undone"]), ("finished_at__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["done", "failed", "undone"]), _negated=True),
                        models.Q(("finished_at__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="import_run_ended",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["undone"]), ("undone_at__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["undone"]), _negated=True),
                        models.Q(("undone_at__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="import_run_undone",
                violation_error_message="This state and its facts do not belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                    _connector="OR",
                ),
                name="import_run_undone_by_somebody",
                violation_error_message="Somebody has taken it back.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "failed"), models.Q(("problem", ""), _negated=True)),
                    models.Q(models.Q(("status", "failed"), _negated=True), ("problem", "")),
                    _connector="OR",
                ),
                name="import_run_problem",
                violation_error_message="What failed says why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file_name", ""), _negated=True),
                    ("size__gte", 1),
                    ("sha256__regex", "^[0-9a-f]{64}$"),
                ),
                name="import_run_file",
                violation_error_message="The file is empty, or has no name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("file_deleted_at__isnull", False),
                    models.Q(("status__in", ["done", "failed", "undone", "discarded"]), _negated=True),
                    _connector="OR",
                ),
                name="import_run_keeps_no_file",
                violation_error_message="The file goes when the import has ended.",
            ),
        ),
        migrations.AddIndex(
            model_name="importedrecord",
            index=models.Index(fields=["record_id"], name="imported_record_of"),
        ),
        migrations.AddConstraint(
            model_name="importedrecord",
            constraint=models.UniqueConstraint(
                fields=("source", "kind", "key"),
                name="imported_record_once",
                violation_error_message="This has been brought in before.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importedrecord",
            constraint=models.UniqueConstraint(
                fields=("run", "position"),
                name="imported_record_position",
                violation_error_message="Each record has its own place in the import.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importedrecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("created", True)),
                fields=("model", "record_id"),
                name="imported_record_made_once",
                violation_error_message="Another import has made this record.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importedrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", ""), _negated=True),
                    models.Q(("key", ""), _negated=True),
                    ("model__contains", "."),
                    ("fingerprint__regex", "^[0-9a-f]{64}$"),
                ),
                name="imported_record_whole",
                violation_error_message="An imported record says what it was and what it is now.",
            ),
        ),
    ]
