"""A policy stays with its patient and its payer: claims refer to both."""

from django.db import migrations

from clinic.db.operations import audited, frozen

KEPT = "id, patient_id, payer_id, currency, digits"


def row(name: str) -> str:
    """SQL: what of the row `name` stays."""
    return "(" + ", ".join(f"{name}.{column}" for column in KEPT.split(", ")) + ")"


class Migration(migrations.Migration):
    """Audited; whose a policy is never changes; nothing is deleted."""

    dependencies = [("insurance", "0001_initial"), ("audit", "0002_trail")]

    operations = [
        *audited("insurance_payer", "insurance_policy"),
        *frozen(
            "insurance_payer",
            when="TG_OP = 'DELETE'",
            message="An insurance is not deleted. Use it no longer instead.",
        ),
        *frozen(
            "insurance_policy",
            when=f"TG_OP = 'DELETE' OR {row('NEW')} IS DISTINCT FROM {row('OLD')}",
            message="A policy stays with its patient and its insurance. Let it end, and write down another.",
        ),
    ]
