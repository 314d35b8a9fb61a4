"""What only the database can keep: records and files never change, nothing crosses patients."""

from django.db import migrations

from clinic.db.operations import (
    audited,
    composite_foreign_key,
    enforced_transitions,
    frozen,
    frozen_parts,
    run,
)

RECORD = [("current", "entered_in_error")]
PAPER = [("pending", "rejected"), ("pending", "verified")]
# What a record says, apart from its withdrawal; what a paper says, apart from the decision on it.
FILED = (
    *("id", "created_at", "patient_id", "consultation_id", "kind", "title", "source", "description"),
    *("recorded_on", "data", "is_sensitive", "author_id"),
)
HANDED_IN = (
    *("id", "created_at", "member_id", "kind", "title", "number", "issued_by", "issued_on", "expires_on"),
    "submitted_by_id",
)
DECISION = ("status", "decided_at", "decided_by_id", "reason")


def changed(columns: tuple[str, ...]) -> str:
    """The SQL that says whether any of these columns is another one now."""
    old, new = (f"({', '.join(f'{name}.{column}' for column in columns)})" for name in ("OLD", "NEW"))
    return f"{new} IS DISTINCT FROM {old}"


class Migration(migrations.Migration):
    """The rules of what is filed."""

    dependencies = [
        ("documents", "0001_initial"),
        ("audit", "0002_trail"),
    ]

    operations = [
        run(
            "ALTER TABLE documents_healthrecord ADD CONSTRAINT health_record_data "
            "CHECK (jsonb_typeof(data) = 'array')",
            "ALTER TABLE documents_healthrecord DROP CONSTRAINT health_record_data",
        ),
        composite_foreign_key(
            "documents_healthrecord",
            ("consultation_id", "patient_id"),
            "records_consultation",
            ("id", "patient_id"),
            "health_record_consultation_patient",
        ),
        composite_foreign_key(
            "documents_recordfile",
            ("record_id", "patient_id"),
            "documents_healthrecord",
            ("id", "patient_id"),
            "recordfile_record_patient",
        ),
        *enforced_transitions("documents_healthrecord", RECORD, initial=("current",)),
        *frozen(
            "documents_healthrecord",
            when=f"TG_OP = 'DELETE' OR OLD.status <> 'current' OR {changed(FILED)}",
            message="A record never changes. Withdraw it and add the right one.",
        ),
        *frozen("documents_recordfile", when="true", message="A file never changes. Withdraw its record."),
        *frozen_parts(
            "documents_recordfile",
            parent="documents_healthrecord",
            key="record_id",
            when="p.status <> 'current'",
            message="Nothing is added to a record that was withdrawn.",
            name="only_current",
        ),
        *enforced_transitions("documents_paper", PAPER, initial=("pending",)),
        *frozen(
            "documents_paper",
            when=f"TG_OP = 'DELETE' OR {changed(HANDED_IN)} "
            f"OR (OLD.status <> 'pending' AND {changed(DECISION)})",
            message="A paper never changes, nor what was decided on it. Hand in another one.",
        ),
        *frozen("documents_paperfile", when="true", message="A file never changes. Hand in another paper."),
        *frozen_parts(
            "documents_paperfile",
            parent="documents_paper",
            key="paper_id",
            when="p.status <> 'pending'",
            message="Nothing is added to a paper that was decided on.",
            name="only_pending",
        ),
        *audited("documents_healthrecord", "documents_recordfile", "documents_paper", "documents_paperfile"),
    ]
