"""Consultations and prescriptions follow their patient into a merged file."""

from django.db import migrations

from clinic.db.operations import passing


class Migration(migrations.Migration):
    """Rows follow their patient when two files of one person are merged, and back (members.PatientMerge)."""

    dependencies = (("records", "0033_covers_in_one_place"), ("members", "0031_rules_of_merges"))

    operations = (
        passing(
            "records_consultation",
            "members_merge_passes",
            *("patient_id", "signed_by_id", "cancelled_by_id"),
        ),
        passing("records_addendum", "members_merge_passes", "patient_id", "author_id"),
        passing("records_addendumdraft", "members_merge_passes", "patient_id"),
        passing("records_diagnosis", "members_merge_passes", "patient_id"),
        passing("records_emergencyaccess", "members_merge_passes", "patient_id"),
        passing("records_prescription", "members_merge_passes", "patient_id", "ended_by_id"),
        passing("records_prescriptionitem", "members_merge_passes", "patient_id"),
        passing("records_safetycheck", "members_merge_passes", "patient_id", "checked_by_id"),
        passing("records_safetyfinding", "members_merge_passes", "patient_id"),
    )
