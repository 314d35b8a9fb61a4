"""Visits, wishes and the agents' log follow their patient into a merged file."""

from django.db import migrations

from clinic.db.operations import passing


class Migration(migrations.Migration):
    """Rows follow their patient when two files of one person are merged, and back (members.PatientMerge)."""

    dependencies = (("scheduling", "0120_nobody_books_the_dead"), ("members", "0031_rules_of_merges"))

    operations = (
        passing(
            "scheduling_appointment",
            "members_merge_passes",
            *("patient_id", "booked_by_id", "confirmed_by_id", "declined_by_id", "cancelled_by_id"),
        ),
        passing("scheduling_assistance", "members_merge_passes", "patient_id", "written_by_id"),
        passing(
            "scheduling_waitinglistentry",
            "members_merge_passes",
            *("patient_id", "added_by_id"),
            inserted=True,
        ),
    )
