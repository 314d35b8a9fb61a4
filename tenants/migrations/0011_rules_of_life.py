"""What the database keeps of a clinic's life: its steps, its plan's terms, its place in the directory."""

from django.db import migrations

from clinic.db.operations import changed, enforced_transitions, frozen, guard, refuse_if, run
from clinic.db.roles import OUTSIDE_CLINICS

PAIRS = (("active", "ended"), ("requested", "active"), ("requested", "withdrawn"))
OWN = "organization_id = (SELECT id FROM tenants_organization WHERE schema_name = current_user)"

# As in migration 0003, run as the owner since 0004; and until when bookings are taken at most.
LIST = """
CREATE OR REPLACE FUNCTION tenants_list() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE clinic uuid := (to_jsonb(NEW)->>TG_ARGV[0])::uuid;
BEGIN
    DELETE FROM tenants_listing l USING tenants_organization o
    WHERE l.organization_id = clinic AND o.id = clinic AND o.verified_at IS NULL;
    INSERT INTO tenants_listing (
        id, created_at, organization_id, specialisations,
        name, host, address, country, time_zone, latitude, longitude, is_open, open_until
    )
    SELECT gen_random_uuid(), now(), o.id, '', o.name, d.domain, o.address, o.country, o.time_zone,
        o.latitude, o.longitude, o.status IN ('trial', 'active'),
        CASE WHEN o.status = 'trial' THEN o.trial_ends_at END
    FROM tenants_organization o JOIN tenants_domain d ON d.tenant_id = o.id AND d.is_primary
    WHERE o.id = clinic AND o.verified_at IS NOT NULL
    ON CONFLICT (organization_id) DO UPDATE SET
        name = EXCLUDED.name, host = EXCLUDED.host, address = EXCLUDED.address, country = EXCLUDED.country,
        time_zone = EXCLUDED.time_zone, latitude = EXCLUDED.latitude, longitude = EXCLUDED.longitude,
        is_open = EXCLUDED.is_open, open_until = EXCLUDED.open_until;
    RETURN NULL;
END $$
"""
ENDS_WITH_ITS_TRIAL = (
    "UPDATE tenants_listing l SET open_until = o.trial_ends_at FROM tenants_organization o "
    "WHERE o.id = l.organization_id AND o.status = 'trial'"
)

# Who took the step stands in the connection's context, which requests and jobs send along (clinic.db.base).
STEP = """
CREATE FUNCTION tenants_note_step() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE context text := current_setting('clinic.context', true);
BEGIN
    IF (OLD.status, OLD.trial_ends_at) IS NOT DISTINCT FROM (NEW.status, NEW.trial_ends_at) THEN
        RETURN NULL;
    END IF;
    INSERT INTO tenants_organizationevent (
        id, created_at, organization_id, at, former, status, trial_ends_at, actor
    ) VALUES (
        gen_random_uuid(), clock_timestamp(), NEW.id,
        CASE WHEN NEW.status_since IS DISTINCT FROM OLD.status_since
            THEN coalesce(NEW.status_since, now()) ELSE now() END,
        coalesce(OLD.status, ''), NEW.status, NEW.trial_ends_at,
        left(coalesce(nullif(context, '')::jsonb->>'actor', ''), 300)
    );
    RETURN NULL;
END $$
"""

OFFERED = (
    "EXISTS (SELECT 1 FROM tenants_plan p WHERE p.id = NEW.plan_id AND p.retired_at IS NULL "
    # Unlisted ones are entered by the platform alone (clinic.db.roles.OUTSIDE_CLINICS).
    "AND (p.is_listed OR current_user !~ '^t_[0-9a-f]{16}$') "
    "AND (p.name, p.price, p.currency, p.period) = (NEW.name, NEW.price, NEW.currency, NEW.period) "
    "AND p.most_doctors IS NOT DISTINCT FROM NEW.most_doctors)"
)
AGREED = changed(
    *("organization_id", "plan_id", "name", "price", "currency", "period", "most_doctors"),
    *("chosen_at", "chosen_by"),
)


class Migration(migrations.Migration):
    """Nobody writes down another price than the plan's, and nobody changes what was agreed."""

    dependencies = (("tenants", "0010_life"),)

    operations = (
        run(LIST),
        run(ENDS_WITH_ITS_TRIAL),
        run(STEP, "DROP FUNCTION tenants_note_step()"),
        run(
            "CREATE TRIGGER tenants_note_step AFTER INSERT OR UPDATE ON tenants_organization "
            "FOR EACH ROW EXECUTE FUNCTION tenants_note_step()",
            "DROP TRIGGER tenants_note_step ON tenants_organization",
        ),
        *frozen("tenants_organizationevent", "true", "What became of a clinic stays written down."),
        *enforced_transitions("tenants_subscription", PAIRS, initial=["requested"]),
        *guard(
            "tenants_subscription",
            "terms",
            "INSERT",
            refuse_if(
                f"NOT {OFFERED}",
                "This plan is no longer offered like this. Look at the plans again.",
            ),
        ),
        *guard(
            "tenants_subscription",
            "agreed",
            "UPDATE OR DELETE",
            refuse_if(AGREED, "What was agreed with a clinic is not changed. It ends, and another begins."),
        ),
        # A clinic sees its own, chooses, and takes back; what begins the platform says.
        run(
            f"CREATE POLICY own ON tenants_subscription USING (({OUTSIDE_CLINICS}) OR {OWN}) "
            f"WITH CHECK (({OUTSIDE_CLINICS}) OR ({OWN} AND status IN ('requested', 'withdrawn')))",
            "DROP POLICY own ON tenants_subscription",
        ),
        run(
            "ALTER TABLE tenants_subscription ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE tenants_subscription DISABLE ROW LEVEL SECURITY",
        ),
    )
