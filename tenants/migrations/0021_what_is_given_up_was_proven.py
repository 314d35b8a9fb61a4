"""A clinic gives up a host only if its own claim of it was proven.

A mere claim is any text: with one of the platform's own name for it a clinic could give that up as well.
"""

from django.db import migrations

from clinic.db.operations import run
from clinic.db.roles import OUTSIDE_CLINICS

CLAIMED = "SELECT 1 FROM tenants_domainclaim c WHERE c.host = domain AND c.organization_id = tenant_id"
PROVEN = f"{CLAIMED} AND c.verified_at IS NOT NULL"


def gives_up(claim: str) -> str:
    """SQL: which rows a clinic's role may delete."""
    return f"ALTER POLICY claimed ON tenants_domain USING (({OUTSIDE_CLINICS}) OR EXISTS ({claim}))"


class Migration(migrations.Migration):
    """The rule of 0020, closer."""

    dependencies = [("tenants", "0020_own_addresses")]

    operations = [run(gives_up(PROVEN), gives_up(CLAIMED))]
