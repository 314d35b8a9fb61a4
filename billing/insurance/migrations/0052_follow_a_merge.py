"""Policies follow their patient into a merged file."""

from django.db import migrations

from clinic.db.operations import passing


class Migration(migrations.Migration):
    """Rows follow their patient when two files of one person are merged, and back (members.PatientMerge)."""

    dependencies = (("insurance", "0002_rules"), ("members", "0031_rules_of_merges"))

    operations = (passing("insurance_policy", "members_merge_passes", "patient_id", inserted=True),)
