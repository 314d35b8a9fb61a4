"""A measurement that an import brought goes when that import is taken back, and otherwise never."""

from django.db import migrations

from clinic.db.operations import frozen, taken_back, unguarded

SAID = [
    "id",
    "created_at",
    "patient_id",
    "consultation_id",
    "code",
    "value",
    "unit",
    "measured_at",
    "recorded_by_id",
]


def row(name: str) -> str:
    """What is said, of OLD or NEW, as one value."""
    return f"({', '.join(f'{name}.{column}' for column in SAID)})"


class Migration(migrations.Migration):
    """The rule of measurements that were brought in."""

    dependencies = [("observations", "0003_patient_key"), ("moving", "0002_rules")]

    operations = [
        *unguarded("observations_observation", "frozen"),
        *frozen(
            "observations_observation",
            when=f"(TG_OP = 'DELETE' AND NOT {taken_back()}) OR (TG_OP = 'UPDATE' AND ("
            f"OLD.entered_in_error_at IS NOT NULL OR {row('NEW')} IS DISTINCT FROM {row('OLD')}))",
            message="A measurement never changes. Mark it as entered in error and record it again.",
        ),
    ]
