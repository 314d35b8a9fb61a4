"""What only the database can keep: who asked for which copy never changes, and none is forgotten."""

from django.db import migrations

from clinic.db.operations import audited, changed, enforced_transitions, guard, refuse_if

MOVES = [
    ("asked", "failed"),
    ("asked", "running"),
    ("ready", "expired"),
    ("running", "failed"),
    ("running", "ready"),
]
# What was asked for, and what it came to once it was there.
ASKED = (
    *("id", "created_at", "patient_id", "way", "asked_by_id", "wanted_by", "identity_seen"),
    "with_sensitive",
)
MADE = ("size", "sha256", "counts", "finished_at", "expires_at")


class Migration(migrations.Migration):
    """The rules of what was given out."""

    dependencies = [
        ("exports", "0001_initial"),
        ("audit", "0002_trail"),
    ]

    operations = [
        *enforced_transitions("exports_export", MOVES, initial=("asked",)),
        *guard(
            "exports_export",
            "frozen",
            "UPDATE OR DELETE",
            refuse_if(changed(*ASKED), "What was given out, and to whom, stays on record.")
            + refuse_if(
                f"OLD.status IN ('ready', 'failed', 'expired') AND {changed(*MADE)}",
                "A copy is what it was when it was prepared.",
            ),
        ),
        *audited("exports_export"),
    ]
