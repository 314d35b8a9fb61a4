"""An erasure does what the rooms have declared, when its time has come, to a patient; whoever enters its steps.

Until now the table, the way, the columns and the moment were the word of whoever entered the step, and the step
runs as the owner: a clinic's role could have changed what is signed. They are looked up now
(clinic.erasure.declared), the pseudonym is worked out, and the day is counted from the rows themselves.
"""

from django.db import migrations

from clinic.db.operations import guard, refuse, refuse_if, run

# As clinic.erasure.services.planning.keeping_of works it out, by the law alone.
KEPT_UNTIL = """
CREATE FUNCTION erasure_kept_until(whose uuid, kind text) RETURNS date LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT AS $$
DECLARE rules jsonb; kept jsonb; hop jsonb; path jsonb; found_by text; part timestamptz; latest timestamptz;
    law jsonb; zone text; land text; born integer;
BEGIN
    rules := public.erasure_rules();
    FOR kept IN SELECT value FROM jsonb_array_elements(rules->'dated'->kind) LOOP
        path := kept->1;
        found_by := format('%I = %L', path->-1->>0, whose);
        FOR place IN REVERSE jsonb_array_length(path) - 2 .. 0 LOOP
            hop := path->place;
            found_by := format('%I IN (SELECT %I FROM %I WHERE %s)', hop->>0, hop->>2, hop->>1, found_by);
        END LOOP;
        EXECUTE format('SELECT max(created_at) FROM %I WHERE %s', kept->>0, found_by) INTO part;
        latest := greatest(latest, part);
    END LOOP;
    IF latest IS NULL THEN RETURN NULL; END IF;
    SELECT o.country, o.time_zone INTO land, zone FROM public.tenants_organization o
    WHERE o.schema_name = current_schema();
    law := coalesce(rules->'laws'->kind->land, rules->'laws'->kind->'');
    SELECT extract(year FROM p.date_of_birth) INTO born FROM members_patientprofile p WHERE p.member_id = whose;
    RETURN make_date(greatest(
        extract(year FROM latest AT TIME ZONE coalesce(zone, 'UTC'))::integer + (law->>'years')::integer,
        CASE WHEN (law->>'age')::integer > 0 THEN born + (law->>'age')::integer END), 12, 31);
END $$
"""
# Whoever restores a backup is the owner, and does again what was done when its time was over.
CHECKED = """
CREATE FUNCTION erasure_step_checked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE whose uuid; zone text;
BEGIN
    IF jsonb_build_array(NEW.phase, NEW.table_name, NEW.path, NEW.columns, NEW.is_delete) <> ALL (
        ARRAY(SELECT value FROM jsonb_array_elements(public.erasure_rules()->'steps'))
    ) THEN …; END IF;
    SELECT e.patient_id INTO whose FROM erasure_erasure e WHERE e.id = NEW.erasure_id;
    SELECT o.time_zone INTO zone FROM public.tenants_organization o WHERE o.schema_name = current_schema();
    IF NEW.phase <> 'identity' AND session_user <> current_user
        AND erasure_kept_until(whose, NEW.phase) >= public.erasure_today(coalesce(zone, 'UTC'))
    THEN …; END IF;
    RETURN NEW;
END $$
"""
NOT_THIS = "This table is none of an erasure."
NOT_YET = "These records have to be kept longer."
NO_PATIENT = (
    "NOT EXISTS (SELECT FROM members_patientprofile p WHERE p.member_id = NEW.patient_id) "
    "OR NEW.pseudonym <> 'E-' || upper(right(replace(NEW.patient_id::text, '-', ''), 8))"
)


def checked() -> str:
    """The function with its two sentences."""
    return CHECKED.replace("…", refuse(NOT_THIS), 1).replace("…", refuse(NOT_YET), 1)


class Migration(migrations.Migration):
    """Looked up, worked out and counted by the database."""

    dependencies = (("erasure", "0052_follow_a_merge"),)

    operations = (
        *guard(
            "erasure_erasure",
            "whose",
            "INSERT",
            refuse_if(NO_PATIENT, "Only a patient is erased, under the pseudonym of the file."),
        ),
        run(KEPT_UNTIL, "DROP FUNCTION erasure_kept_until(uuid, text)"),
        run(checked(), "DROP FUNCTION erasure_step_checked()"),
        # Its name comes before that of what carries the step out.
        run(
            "CREATE TRIGGER erasure_allowed BEFORE INSERT ON erasure_erasurestep "
            "FOR EACH ROW EXECUTE FUNCTION erasure_step_checked()",
            "DROP TRIGGER erasure_allowed ON erasure_erasurestep",
        ),
    )
