"""What the database itself keeps: the life cycle of a clinic, and each clinic's eyes on its own row."""

from django.db import migrations

from clinic.db.operations import enforced_transitions, run
from clinic.db.roles import OUTSIDE_CLINICS

PAIRS = (
    ("active", "suspended"),
    ("provisioning", "trial"),
    ("suspended", "active"),
    ("suspended", "closed"),
    ("trial", "active"),
    ("trial", "suspended"),
)


def own_rows(table: str, mine: str) -> list[migrations.RunSQL]:
    """Let a clinic's role see only the rows for which `mine` is true; the site sees all."""
    return [
        run(
            f"CREATE POLICY own ON {table} USING (({OUTSIDE_CLINICS}) OR {mine})",
            f"DROP POLICY own ON {table}",
        ),
        run(
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ),
    ]


# Jobs are handed in through a function that runs as the owner; the role taken on is still the clinic's.
OWN_JOBS = """
CREATE FUNCTION tenants_own_jobs() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF current_setting('role') ~ '^t_[0-9a-f]{16}$'
        AND NEW.args->>'schema_name' IS DISTINCT FROM current_setting('role') THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'permission denied: a job of others';
    END IF;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    """Rules of the public schema."""

    dependencies = (("tenants", "0001_initial"), ("procrastinate", "0038_post_batch_defer_jobs"))

    operations = (
        *enforced_transitions("tenants_organization", PAIRS, initial=["provisioning"]),
        *own_rows("tenants_organization", "schema_name = current_user"),
        *own_rows(
            "tenants_domain",
            "tenant_id = (SELECT id FROM tenants_organization WHERE schema_name = current_user)",
        ),
        *own_rows(
            "tenants_supportsession",
            "organization_id = (SELECT id FROM tenants_organization WHERE schema_name = current_user)",
        ),
        run(OWN_JOBS, "DROP FUNCTION tenants_own_jobs()"),
        run(
            "CREATE TRIGGER tenants_own_jobs BEFORE INSERT ON procrastinate_jobs "
            "FOR EACH ROW EXECUTE FUNCTION tenants_own_jobs()",
            "DROP TRIGGER tenants_own_jobs ON procrastinate_jobs",
        ),
        # A range over one key, for exclusion constraints without an extension (DESIGN section 4).
        run("CREATE TYPE uuidrange AS RANGE (subtype = uuid)", "DROP TYPE uuidrange"),
    )
