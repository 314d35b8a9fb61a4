"""What was done elsewhere follows its patient into a merged file."""

from django.db import migrations

from clinic.db.operations import passing

TOLD = (
    *("history_pastencounter", "history_immunization", "history_pastmedication", "history_outsidenote"),
    *("history_outsideobservation", "history_pastprocedure", "history_diagnosticreport"),
)


class Migration(migrations.Migration):
    """Rows follow their patient when two files of one person are merged, and back (members.PatientMerge)."""

    dependencies = (("history", "0002_rules"), ("members", "0031_rules_of_merges"))

    operations = (
        *(passing(table, "members_merge_passes", "patient_id", "recorded_by_id") for table in TOLD),
        passing("history_reportresult", "members_merge_passes", "patient_id"),
    )
