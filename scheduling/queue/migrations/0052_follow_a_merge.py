"""Numbers of the queue follow their patient into a merged file."""

from django.db import migrations

from clinic.db.operations import passing


class Migration(migrations.Migration):
    """Rows follow their patient when two files of one person are merged, and back (members.PatientMerge)."""

    dependencies = (("queue", "0002_rules"), ("members", "0031_rules_of_merges"))

    operations = (
        passing("queue_queueentry", "members_merge_passes", "patient_id", "taken_by_id", "called_by_id"),
    )
