"""A visit is moved to another time of the same patient, never to somebody else's visit."""

from django.db import migrations

from clinic.db.operations import composite_foreign_key


class Migration(migrations.Migration):
    """The successor belongs to the same patient."""

    dependencies = [("scheduling", "0095_visits_change_length")]

    operations = [
        composite_foreign_key(
            "scheduling_appointment",
            ("rescheduled_to_id", "patient_id"),
            "scheduling_appointment",
            ("id", "patient_id"),
            "appointment_moved_of_one_patient",
        ),
    ]
