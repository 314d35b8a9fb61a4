"""An import of many rows is taken back by a job: meanwhile it is being taken back."""

from django.db import migrations, models

from clinic.db.operations import changed, enforced_transitions, guard, refuse_if, unguarded

TRANSITIONS = [
    ("done", "undoing"),
    ("previewed", "discarded"),
    ("previewed", "running"),
    ("running", "done"),
    ("running", "failed"),
    ("undoing", "done"),
    ("undoing", "undone"),
    ("uploaded", "discarded"),
    ("uploaded", "previewed"),
]
CAME = ("id", "created_at", "kind", "file_name", "size", "sha256", "by_id")
CHOSEN = ("format", "mapping", "heads_sha256", "decisions", "rows")
RESULT = ("counts", "started_at", "finished_at", "file_deleted_at")


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0031_rules_of_merges"),
        ("moving", "0053_made_by_a_merge"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="importrun",
            name="import_run_status",
        ),
        migrations.RemoveConstraint(
            model_name="importrun",
            name="import_run_begun",
        ),
        migrations.RemoveConstraint(
            model_name="importrun",
            name="import_run_ended",
        ),
        migrations.RemoveConstraint(
            model_name="importrun",
            name="import_run_problem",
        ),
        migrations.RemoveConstraint(
            model_name="importrun",
            name="import_run_keeps_no_file",
        ),
        migrations.AlterField(
            model_name="importrun",
            name="status",
            field=models.CharField(
                choices=[
                    ("uploaded", "uploaded"),
                    ("previewed", "looked at"),
                    ("running", "being brought in"),
                    ("done", "brought in"),
                    ("failed", "failed"),
                    ("discarded", "put away"),
                    ("undoing", "being taken back"),
                    ("undone", "taken back"),
                ],
                default="uploaded",
                editable=False,
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "uploaded",
                            "previewed",
                            "running",
                            "done",
                            "failed",
                            "discarded",
                            "undoing",
                            "undone",
                        ],
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
                        ("status__in", ["running", "done", "failed", "undoing", "undone"]),
                        ("started_at__isnull", False),
                    ),
                    models.Q(
                        models.Q(
                            ("status__in", ["running", "done", "failed", "undoing", "undone"]), _negated=True
                        ),
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
                    models.Q(
                        ("status__in", ["done", "failed", "undoing", "undone"]),
                        ("finished_at__isnull", False),
                    ),
                    models.Q(
                        models.Q(("status__in", ["done", "failed", "undoing", "undone"]), _negated=True),
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
                    models.Q(("status", "failed"), models.Q(("problem", ""), _negated=True)),
                    models.Q(models.Q(("status", "failed"), _negated=True), ("problem", "")),
                    ("status", "done"),
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
                    ("file_deleted_at__isnull", False),
                    models.Q(
                        ("status__in", ["done", "failed", "undoing", "undone", "discarded"]), _negated=True
                    ),
                    _connector="OR",
                ),
                name="import_run_keeps_no_file",
                violation_error_message="The file goes when the import has ended.",
            ),
        ),
        *unguarded("moving_importrun", "transitions"),
        *enforced_transitions("moving_importrun", TRANSITIONS, initial=("uploaded",)),
        *unguarded("moving_importrun", "kept"),
        *guard(
            "moving_importrun",
            "kept",
            "UPDATE OR DELETE",
            refuse_if("TG_OP = 'DELETE'", "What was brought in and when stays on record.")
            + refuse_if(changed(*CAME), "What was uploaded stays as it came.")
            + refuse_if(
                f"OLD.status NOT IN ('uploaded', 'previewed') AND {changed(*CHOSEN)}",
                "What was chosen stays once the import has begun.",
            )
            + refuse_if(
                f"(OLD.status IN ('done', 'failed', 'undoing', 'undone', 'discarded') AND {changed(*RESULT)}) "
                f"OR (OLD.status IN ('failed', 'undone', 'discarded') AND {changed('problem')})",
                "What came of an import stays on record.",
            ),
        ),
    ]
