"""What may be taken out of the trail, and how the trail says so itself.

An entry's hash is over what it said, and stays. When a person is erased, values are taken out of entries; what
is left is hashed again, and these hashes are a row of `audit_redaction`, of which the trail has an entry like of
any other row: whoever changes a redacted entry, or redacts one unsaid, is found as before (clinic.audit.chain).
"""

from django.db import migrations

from clinic.db.operations import audited, run

REDACTION = """
CREATE TABLE audit_redaction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    patient_id uuid NOT NULL, entries jsonb NOT NULL
)
"""
# A row of it stands only while a redaction is at work, seen by its own transaction alone.
REDACTING = "CREATE TABLE audit_redacting (transaction xid8 PRIMARY KEY)"

REFUSE = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND EXISTS (
        SELECT 1 FROM audit_redacting r WHERE r.transaction = pg_current_xact_id_if_assigned()
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '23R01', MESSAGE = 'The audit trail is never changed.';
END $$
"""

# Of a side of an entry: `names`, or of a row that is deleted whatever is no key, moment or state. What tells
# nothing anyway stays, so that the same redaction done again changes nothing.
WITHOUT = """
CREATE FUNCTION audit_without(side jsonb, names text[], pseudonym text) RETURNS jsonb LANGUAGE sql STABLE
SET search_path FROM CURRENT AS $$
SELECT CASE WHEN side IS NULL THEN NULL ELSE (
    SELECT jsonb_object_agg(f.key, CASE
        WHEN NOT (f.key = ANY (names) OR names IS NULL AND f.key !~ '^(id|.*_id|.*_at|status|role)$')
            OR jsonb_typeof(f.value) IN ('null', 'boolean')
            OR f.value IN ('""', '[]', '{}', '"[erased]"', '"unknown"', '"inactive"', to_jsonb(pseudonym))
            OR f.value::text ~ '^"[0-9]{4}-01-01"$'
        THEN f.value ELSE '"[erased]"' END)
    FROM jsonb_each(side) f) END
$$
"""

REDACT = """
CREATE FUNCTION audit_redact(
    target text, rows text[], patient uuid, names text[], pseudonym text
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE done bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || current_schema(), 0));
    INSERT INTO audit_redacting VALUES (pg_current_xact_id());
    WITH changed AS (
        UPDATE audit_auditevent e
        SET old = audit_without(e.old, names, pseudonym), new = audit_without(e.new, names, pseudonym)
        WHERE e.table_name = target AND e.row_id = ANY (rows)
            AND (audit_without(e.old, names, pseudonym), audit_without(e.new, names, pseudonym))
                IS DISTINCT FROM (e.old, e.new)
        RETURNING e.id
    ) SELECT array_agg(c.id) INTO done FROM changed c;
    DELETE FROM audit_redacting;
    RETURN audit_note_redaction(patient, done);
END $$
"""

# Who acted: the patient, and whoever acted for the patient ("Anna Nowak for Tom Nowak (patient)").
REDACT_ACTOR = """
CREATE FUNCTION audit_redact_actor(patient uuid, pseudonym text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE done bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || current_schema(), 0));
    INSERT INTO audit_redacting VALUES (pg_current_xact_id());
    WITH own AS (
        UPDATE audit_auditevent e SET actor_label = pseudonym, ip = '', user_agent = ''
        WHERE e.actor_id = patient::text AND (e.actor_label, e.ip, e.user_agent) <> (pseudonym, '', '')
        RETURNING e.id
    ), of_guardians AS (
        UPDATE audit_auditevent e SET actor_label = split_part(e.actor_label, ' for ', 1) || ' for ' || pseudonym
        WHERE e.patient_id = patient AND e.actor_id <> patient::text AND e.actor_label LIKE '% for %'
            AND e.actor_label NOT LIKE '% for ' || pseudonym
        RETURNING e.id
    ) SELECT array_agg(c.id) INTO done FROM (SELECT id FROM own UNION SELECT id FROM of_guardians) c;
    DELETE FROM audit_redacting;
    RETURN audit_note_redaction(patient, done);
END $$
"""

NOTE = """
CREATE FUNCTION audit_note_redaction(patient uuid, done bigint[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF done IS NOT NULL THEN
        INSERT INTO audit_redaction (patient_id, entries)
        SELECT patient, jsonb_object_agg(e.id, audit_hash(e)) FROM audit_auditevent e WHERE e.id = ANY (done);
    END IF;
    RETURN coalesce(cardinality(done), 0);
END $$
"""
ARGUMENTS = "(text, text[], uuid, text[], text)"


class Migration(migrations.Migration):
    """The trail lets go of a person without letting go of its chain."""

    dependencies = (("audit", "0002_trail"),)

    operations = (
        run(REDACTION, "DROP TABLE audit_redaction"),
        *audited("audit_redaction"),
        run(REDACTING, "DROP TABLE audit_redacting"),
        run(REFUSE),
        run(
            "CREATE TRIGGER audit_redaction_unchanged BEFORE UPDATE OR DELETE ON audit_redaction "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
            "DROP TRIGGER audit_redaction_unchanged ON audit_redaction",
        ),
        run(WITHOUT, "DROP FUNCTION audit_without(jsonb, text[], text)"),
        run(NOTE, "DROP FUNCTION audit_note_redaction(uuid, bigint[])"),
        run(REDACT, f"DROP FUNCTION audit_redact{ARGUMENTS}"),
        run(REDACT_ACTOR, "DROP FUNCTION audit_redact_actor(uuid, text)"),
        # Called by the functions that erase, which run as the owner (clinic.erasure, migration 0002).
        run(f"REVOKE ALL ON FUNCTION audit_redact{ARGUMENTS} FROM PUBLIC"),
        run("REVOKE ALL ON FUNCTION audit_redact_actor(uuid, text) FROM PUBLIC"),
        run("REVOKE ALL ON FUNCTION audit_note_redaction(uuid, bigint[]) FROM PUBLIC"),
    )
