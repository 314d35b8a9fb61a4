"""A wallet and its ledger follow their patient into a merged file."""

from django.db import migrations

from clinic.db.operations import passing


class Migration(migrations.Migration):
    """Rows follow their patient when two files of one person are merged, and back (members.PatientMerge)."""

    dependencies = (("wallets", "0003_paid_in_online"), ("members", "0031_rules_of_merges"))

    operations = (
        passing("wallets_wallet", "members_merge_passes", "patient_id", inserted=True),
        passing("wallets_ledgerentry", "members_merge_passes", "patient_id", "other_id", "entered_by_id"),
    )
