"""A hold on a patient's file is one on the file it was merged into."""

from django.db import migrations

from clinic.db.operations import passing


class Migration(migrations.Migration):
    """Rows follow their patient when two files of one person are merged, and back (members.PatientMerge)."""

    dependencies = (("erasure", "0002_rules"), ("members", "0032_words_of_a_merge"))

    operations = (passing("erasure_legalhold", "members_merge_passes", "patient_id", inserted=True),)
