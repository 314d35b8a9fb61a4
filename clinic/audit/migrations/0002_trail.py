"""The functions that write the trail, and the triggers that keep it append-only."""

from django.db import migrations

from clinic.db.operations import run

APPEND = """
CREATE FUNCTION audit_append(
    action text, table_name text, row_id text, patient_id uuid, old jsonb, new jsonb, reason text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    context jsonb := coalesce(nullif(current_setting('clinic.context', true), ''), '{}')::jsonb;
    last record;
    entry audit_auditevent;
BEGIN
    -- One writer at a time per clinic: the number and the previous hash are read behind this lock, which is
    -- only ever taken at commit, after every row lock, so it cannot be part of a deadlock.
    PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || current_schema(), 0));
    SELECT e.id, e.hash INTO last FROM audit_auditevent e ORDER BY e.id DESC LIMIT 1;
    entry.id := coalesce(last.id, 0) + 1;
    entry.prev_hash := coalesce(last.hash, '');
    entry.at := clock_timestamp();
    entry.action := action;
    entry.table_name := table_name;
    entry.row_id := row_id;
    entry.patient_id := patient_id;
    entry.old := old;
    entry.new := new;
    entry.actor_id := coalesce(context->>'actor_id', '');
    entry.actor_label := left(coalesce(context->>'actor', ''), 200);
    entry.ip := left(coalesce(context->>'ip', ''), 45);
    entry.user_agent := left(coalesce(context->>'agent', ''), 300);
    entry.reason := coalesce(nullif(reason, ''), context->>'reason', '');
    entry.hash := audit_hash(entry);
    INSERT INTO audit_auditevent SELECT entry.*;
END $$
"""

# An array of all that the entry says: jsonb has one text form per value, so it can be computed again.
HASH = """
CREATE FUNCTION audit_hash(entry audit_auditevent) RETURNS text LANGUAGE sql STABLE
SET search_path FROM CURRENT AS $$
SELECT encode(sha256(convert_to(jsonb_build_array(
    entry.prev_hash, entry.id, extract(epoch FROM entry.at), entry.action, entry.table_name, entry.row_id,
    entry.patient_id, entry.old, entry.new, entry.actor_id, entry.actor_label, entry.ip, entry.user_agent,
    entry.reason
)::text, 'UTF8')), 'hex')
$$
"""

# TG_ARGV[0], where given, is the column that holds the patient; 'patient_id' otherwise.
RECORD = """
CREATE FUNCTION audit_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    before jsonb;
    after jsonb;
    full_row jsonb;
    changed_before jsonb;
    changed_after jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
    full_row := coalesce(after, before);
    changed_before := before;
    changed_after := after;
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(key, value) INTO changed_after
        FROM jsonb_each(after) WHERE value IS DISTINCT FROM before->key;
        IF changed_after IS NULL THEN RETURN NULL; END IF;
        SELECT jsonb_object_agg(key, value) INTO changed_before
        FROM jsonb_each(before) WHERE value IS DISTINCT FROM after->key;
    END IF;
    PERFORM audit_append(
        lower(TG_OP), TG_TABLE_NAME, coalesce(full_row->>'id', full_row->>'member_id'),
        (full_row->>coalesce(TG_ARGV[0], 'patient_id'))::uuid, changed_before, changed_after, ''
    );
    RETURN NULL;
END $$
"""

# What no row's change records (a reading, an entry into the clinic) waits here until the commit.
PENDING = """
CREATE TABLE audit_pending (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action varchar(10) NOT NULL, table_name varchar(63) NOT NULL, row_id varchar(64) NOT NULL,
    patient_id uuid, reason text NOT NULL
)
"""

FLUSH = """
CREATE FUNCTION audit_flush() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM audit_append(NEW.action, NEW.table_name, NEW.row_id, NEW.patient_id, NULL, NULL, NEW.reason);
    DELETE FROM audit_pending WHERE id = NEW.id;
    RETURN NULL;
END $$
"""

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23R01', MESSAGE = 'The audit trail is never changed.';
END $$
"""


class Migration(migrations.Migration):
    """Trail written by the database itself."""

    dependencies = (("audit", "0001_initial"),)

    operations = (
        run(HASH, "DROP FUNCTION audit_hash(audit_auditevent)"),
        run(APPEND, "DROP FUNCTION audit_append(text, text, text, uuid, jsonb, jsonb, text)"),
        run(RECORD, "DROP FUNCTION audit_record()"),
        run(PENDING, "DROP TABLE audit_pending"),
        run(FLUSH, "DROP FUNCTION audit_flush()"),
        run(
            "CREATE CONSTRAINT TRIGGER audit_pending_flush AFTER INSERT ON audit_pending "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_flush()",
            "DROP TRIGGER audit_pending_flush ON audit_pending",
        ),
        run(REFUSE, "DROP FUNCTION audit_refuse()"),
        run(
            "CREATE TRIGGER audit_unchanged BEFORE UPDATE OR DELETE ON audit_auditevent "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
            "DROP TRIGGER audit_unchanged ON audit_auditevent",
        ),
        run(
            "CREATE TRIGGER audit_kept BEFORE TRUNCATE ON audit_auditevent "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
            "DROP TRIGGER audit_kept ON audit_auditevent",
        ),
        # A function is everybody's to call unless taken away; entries come from the triggers only.
        run("REVOKE ALL ON FUNCTION audit_append(text, text, text, uuid, jsonb, jsonb, text) FROM PUBLIC"),
    )
