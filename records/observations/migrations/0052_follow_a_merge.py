"""Measurements follow their patient into a merged file."""

from django.db import migrations

from clinic.db.operations import passing


class Migration(migrations.Migration):
    """Rows follow their patient when two files of one person are merged, and back (members.PatientMerge)."""

    dependencies = (("observations", "0004_gone_with_their_import"), ("members", "0031_rules_of_merges"))

    operations = (
        passing(
            "observations_observation",
            "members_merge_passes",
            *("patient_id", "recorded_by_id", "entered_in_error_by_id"),
            inserted=True,
        ),
    )
