"""Invoices, credit notes and claims follow their patient into a merged file."""

from django.db import migrations

from clinic.db.operations import passing


class Migration(migrations.Migration):
    """Rows follow their patient when two files of one person are merged, and back (members.PatientMerge)."""

    dependencies = (("billing", "0022_lists_in_the_order_of_issue"), ("members", "0031_rules_of_merges"))

    operations = (
        passing("billing_invoice", "members_merge_passes", "patient_id", "issued_by_id", "cancelled_by_id"),
        passing("billing_creditnote", "members_merge_passes", "patient_id", "issued_by_id"),
        passing(
            "billing_claim",
            "members_merge_passes",
            *("patient_id", "made_by_id", "sent_by_id", "decided_by_id"),
        ),
    )
