"""What only the database can keep: signed is for ever, nothing crosses patients, permitted changes of state."""

from django.db import migrations

from clinic.db.operations import audited, composite_foreign_key, enforced_transitions, frozen, frozen_parts

CONSULTATION = [
    ("in_progress", "cancelled"),
    ("in_progress", "signed"),
    ("planned", "cancelled"),
    ("planned", "in_progress"),
]
PRESCRIPTION = [
    ("active", "completed"),
    ("active", "stopped"),
    ("draft", "active"),
    ("draft", "cancelled"),
]
# What a prescription says, apart from its state and the facts that come with it.
WRITTEN = ("id", "created_at", "consultation_id", "patient_id", "doctor_id", "notes", "activated_at")


def row(name: str) -> str:
    """The written columns of OLD or NEW as one value."""
    return f"({', '.join(f'{name}.{column}' for column in WRITTEN)})"


class Migration(migrations.Migration):
    """The record's rules."""

    dependencies = [
        ("records", "0001_initial"),
        ("scheduling", "0001_initial"),
        ("audit", "0002_trail"),
    ]

    operations = [
        composite_foreign_key(
            "records_consultation",
            ("appointment_id", "patient_id", "doctor_id"),
            "scheduling_appointment",
            ("id", "patient_id", "doctor_id"),
            "consultation_appointment_people",
        ),
        composite_foreign_key(
            "records_addendum",
            ("consultation_id", "patient_id"),
            "records_consultation",
            ("id", "patient_id"),
            "addendum_consultation_patient",
        ),
        composite_foreign_key(
            "records_prescription",
            ("consultation_id", "patient_id", "doctor_id"),
            "records_consultation",
            ("id", "patient_id", "doctor_id"),
            "prescription_consultation_people",
        ),
        composite_foreign_key(
            "records_prescriptionitem",
            ("prescription_id", "patient_id"),
            "records_prescription",
            ("id", "patient_id"),
            "prescription_item_patient",
        ),
        *enforced_transitions("records_consultation", CONSULTATION, initial=("planned", "in_progress")),
        *frozen(
            "records_consultation",
            when="OLD.status = 'signed'",
            message="A signed consultation never changes. Write an addendum.",
        ),
        *frozen(
            "records_consultation",
            when="OLD.status = 'cancelled'",
            message="A cancelled consultation never changes.",
            name="closed",
        ),
        *frozen("records_addendum", when="true", message="An addendum never changes. Write another one."),
        *frozen_parts(
            "records_addendum",
            parent="records_consultation",
            key="consultation_id",
            when="p.status <> 'signed'",
            message="Only a signed consultation has addenda. Write in the consultation itself.",
            name="only_signed",
        ),
        *enforced_transitions("records_prescription", PRESCRIPTION, initial=("draft",)),
        *frozen(
            "records_prescription",
            when="OLD.status <> 'draft' AND (OLD.status <> 'active' OR TG_OP = 'DELETE' "
            f"OR NEW.status = 'active' OR {row('NEW')} IS DISTINCT FROM {row('OLD')})",
            message="A prescription that was handed out never changes. Stop it and write a new one.",
        ),
        *frozen(
            "records_prescription",
            when="TG_OP = 'UPDATE' AND OLD.status = 'draft' AND NEW.status = 'active' AND NOT EXISTS "
            "(SELECT 1 FROM records_prescriptionitem i WHERE i.prescription_id = OLD.id)",
            message="A prescription needs at least one medicine.",
            name="filled",
        ),
        *frozen_parts(
            "records_prescriptionitem",
            parent="records_prescription",
            key="prescription_id",
            when="p.status <> 'draft'",
            message="The medicines of a prescription that was handed out never change.",
        ),
        *audited(
            "records_consultation", "records_addendum", "records_prescription", "records_prescriptionitem"
        ),
    ]
