"""What was given out follows its patient into a merged file."""

from django.db import migrations

from clinic.db.operations import passing


class Migration(migrations.Migration):
    """Rows follow their patient when two files of one person are merged, and back (members.PatientMerge)."""

    dependencies = (("exports", "0002_rules"), ("members", "0031_rules_of_merges"))

    operations = (passing("exports_export", "members_merge_passes", "patient_id", "asked_by_id"),)
