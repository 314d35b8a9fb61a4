"""What only the database can keep: an import goes its way once, and what it made is known until it is undone."""

from django.db import migrations

from clinic.db.operations import audited, changed, enforced_transitions, guard, refuse_if

TRANSITIONS = [
    ("done", "undone"),
    ("previewed", "discarded"),
    ("previewed", "running"),
    ("running", "done"),
    ("running", "failed"),
    ("uploaded", "discarded"),
    ("uploaded", "previewed"),
]
CAME = ("id", "created_at", "kind", "file_name", "size", "sha256", "by_id")
CHOSEN = ("format", "mapping", "heads_sha256", "decisions", "rows")
RESULT = ("counts", "problem", "started_at", "finished_at", "file_deleted_at")
STATUS_OF_RUN = "(SELECT status FROM moving_importrun u WHERE u.id = {row}.run_id)"


class Migration(migrations.Migration):
    """The rules of what is brought in."""

    dependencies = [("moving", "0001_initial"), ("audit", "0002_trail")]

    operations = [
        *enforced_transitions("moving_importrun", TRANSITIONS, initial=("uploaded",)),
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
                f"OLD.status IN ('done', 'failed', 'undone', 'discarded') AND {changed(*RESULT)}",
                "What came of an import stays on record.",
            ),
        ),
        *guard(
            "moving_importedrecord",
            "kept",
            "INSERT OR UPDATE OR DELETE",
            refuse_if("TG_OP = 'UPDATE'", "What was brought in stays on record.")
            + "IF TG_OP = 'INSERT' THEN "
            + refuse_if(
                f"{STATUS_OF_RUN.format(row='NEW')} <> 'running'",
                "Records are brought in only while their import runs.",
            )
            + "ELSE "
            + refuse_if(
                f"{STATUS_OF_RUN.format(row='OLD')} <> 'undone'",
                "What was brought in stays on record until its import is taken back.",
            )
            + "END IF; ",
        ),
        *audited("moving_importrun", "moving_importedrecord"),
    ]
