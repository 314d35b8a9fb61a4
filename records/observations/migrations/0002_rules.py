"""What only the database can keep: a measurement never changes, and none crosses patients."""

from django.db import migrations

from clinic.db.operations import audited, composite_foreign_key, frozen, guard, refuse

# All that a measurement says, apart from its being withdrawn.
SAYS = (
    "id",
    "created_at",
    "patient_id",
    "consultation_id",
    "code",
    "value",
    "unit",
    "measured_at",
    "recorded_by_id",
)


def row(name: str) -> str:
    """What is said, of OLD or NEW, as one value."""
    return f"({', '.join(f'{name}.{column}' for column in SAYS)})"


# Two statements: the first waits for whoever is signing, the second sees what they left.
CLOSED = "This consultation is closed. Record the measurement on the page of the patient."
OPEN_ONLY = " ".join(
    (
        "IF NEW.consultation_id IS NOT NULL THEN",
        "PERFORM 1 FROM records_consultation c WHERE c.id = NEW.consultation_id FOR SHARE;",
        "IF EXISTS (SELECT 1 FROM records_consultation c",
        "WHERE c.id = NEW.consultation_id AND c.status <> 'in_progress')",
        f"THEN {refuse(CLOSED)}; END IF; END IF;",
    )
)


class Migration(migrations.Migration):
    """The rules of measurements."""

    dependencies = [
        ("observations", "0001_initial"),
        ("records", "0002_rules"),
        ("audit", "0002_trail"),
    ]

    operations = [
        composite_foreign_key(
            "observations_observation",
            ("consultation_id", "patient_id"),
            "records_consultation",
            ("id", "patient_id"),
            "observation_consultation_patient",
        ),
        *frozen(
            "observations_observation",
            when="TG_OP = 'DELETE' OR OLD.entered_in_error_at IS NOT NULL "
            f"OR {row('NEW')} IS DISTINCT FROM {row('OLD')}",
            message="A measurement never changes. Mark it as entered in error and record it again.",
        ),
        *guard("observations_observation", "open_only", "INSERT", OPEN_ONLY),
        *audited("observations_observation"),
    ]
