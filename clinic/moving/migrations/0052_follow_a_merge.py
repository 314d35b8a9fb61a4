"""What was brought in stays known by its key in the source, when its file goes into another one."""

from django.db import migrations

from clinic.db.operations import passing


class Migration(migrations.Migration):
    """Rows follow their patient when two files of one person are merged, and back (members.PatientMerge)."""

    dependencies = (("moving", "0002_rules"), ("members", "0031_rules_of_merges"))

    operations = (passing("moving_importedrecord", "members_merge_passes", "record_id"),)
