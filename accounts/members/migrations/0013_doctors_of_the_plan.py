"""A clinic has as many doctors as its plan is for."""

from django.db import migrations

from clinic.db.operations import guard, refuse_if

# Only who begins to be a doctor here is counted: nobody who is one already is put out by a smaller plan.
COUNTED = """
IF NEW.role = 'doctor' AND NEW.status = 'active' AND (TG_OP = 'INSERT'
    OR (OLD.role, OLD.status) IS DISTINCT FROM (NEW.role, NEW.status)) THEN
    SELECT s.most_doctors INTO most FROM public.tenants_subscription s
    JOIN public.tenants_organization o ON o.id = s.organization_id
    WHERE o.schema_name = TG_TABLE_SCHEMA AND s.status = 'active';
    IF most IS NOT NULL THEN
        -- One after the other: two at once must not both be the last.
        PERFORM pg_advisory_xact_lock(hashtextextended('doctors of the plan ' || TG_TABLE_SCHEMA, 0));
        PERFORM 1 FROM members_member WHERE role = 'doctor' AND status = 'active' AND id <> NEW.id
        OFFSET most - 1 LIMIT 1;
"""
SENTENCE = (
    "Your plan allows no more doctors. Choose a larger one, or end the access of a doctor who has left."
)


class Migration(migrations.Migration):
    """The plan's limit is kept where doctors are registered, brought back or given the role."""

    dependencies = (("members", "0009_guardianship_rules"),)

    operations = (
        *guard(
            "members_member",
            "doctors_of_plan",
            "INSERT OR UPDATE",
            " ".join((COUNTED, refuse_if("FOUND", SENTENCE), "END IF; END IF;")),
            "DECLARE most integer;",
        ),
    )
