"""What only the database can keep of an erasure: that a step is what was done, and that nothing else is."""

from django.db import migrations

from clinic.db.operations import (
    audited,
    changed,
    enforced_transitions,
    frozen,
    guard,
    refuse,
    refuse_if,
    run,
)

TRANSITIONS = [("pseudonymised", "complete")]

# Runs as the owner: the rules that keep signed and issued rows as they are rest for this one statement, on the
# rows that lead to this very patient, and what a column holds afterwards comes from this list alone. The trail
# records it as any other change; then the same is taken out of the trail.
CARRY_OUT = """
CREATE FUNCTION erasure_carry_out() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    whose uuid; word text; hop jsonb; found_by text; ever_by text; assigned text; pair record; rest text;
    resting text[] := '{}'; ids text[]; earlier text[];
BEGIN
    SELECT e.patient_id, e.pseudonym INTO whose, word FROM erasure_erasure e
    WHERE e.id = NEW.erasure_id AND e.status = 'pseudonymised'
        AND NOT EXISTS (SELECT 1 FROM erasure_legalhold h
            WHERE h.patient_id = e.patient_id AND h.lifted_at IS NULL);
    IF whose IS NULL THEN … END IF;
    IF NEW.table_name = 'audit_auditevent' THEN
        NEW.entries := audit_redact_actor(whose, word);
        RETURN CASE WHEN NEW.entries > 0 THEN NEW END;
    END IF;
    IF NEW.table_name ~ '^(audit|erasure|django)_' OR NOT EXISTS (
        SELECT 1 FROM pg_class c WHERE c.relname = NEW.table_name AND c.relkind = 'r'
            AND c.relnamespace = current_schema()::regnamespace
    ) THEN … END IF;

    found_by := format('%I = %L', NEW.path->-1->>0, whose);
    ever_by := format('coalesce(e.new, e.old)->>%L = %L', NEW.path->-1->>0, whose);
    FOR place IN REVERSE jsonb_array_length(NEW.path) - 2 .. 0 LOOP
        hop := NEW.path->place;
        ever_by := format('coalesce(e.new, e.old)->>%L IN (SELECT %I::text FROM %I WHERE %s)',
            hop->>0, hop->>2, hop->>1, found_by);
        found_by := format('%I IN (SELECT %I FROM %I WHERE %s)', hop->>0, hop->>2, hop->>1, found_by);
    END LOOP;
    EXECUTE format(
        'SELECT array_agg(coalesce(to_jsonb(t)->>''id'', to_jsonb(t)->>''member_id'')) FROM %I t WHERE %s',
        NEW.table_name, found_by) INTO ids;
    -- Rows that were deleted long ago left their words in the trail.
    EXECUTE format('SELECT array_agg(DISTINCT e.row_id) FROM audit_auditevent e '
        'WHERE e.table_name = %L AND (e.patient_id = %L OR %s)', NEW.table_name, whose, ever_by) INTO earlier;

    IF ids IS NOT NULL THEN
        FOR pair IN SELECT key, value #>> '{}' AS how FROM jsonb_each(NEW.columns) LOOP
            assigned := concat_ws(', ', assigned, format('%I = %s', pair.key, CASE pair.how
                WHEN 'null' THEN 'NULL'
                WHEN 'empty' THEN ''''''
                WHEN 'word' THEN '''[erased]'''
                WHEN 'json' THEN '''{}''::jsonb'
                WHEN 'array' THEN '''{}'''
                WHEN 'pseudonym' THEN quote_literal(word)
                WHEN 'year' THEN format('date_trunc(''year'', %I)::date', pair.key)
                WHEN 'unknown' THEN '''unknown'''
                WHEN 'inactive' THEN '''inactive'''
                END));
        END LOOP;
        PERFORM set_config('lock_timeout', '10s', true);
        -- What waits for the commit is asked now: no table is altered while a row of it is in the air.
        SET CONSTRAINTS ALL IMMEDIATE;
        SELECT coalesce(array_agg(t.tgname), '{}') INTO resting FROM pg_trigger t
        WHERE t.tgrelid = format('%I.%I', current_schema(), NEW.table_name)::regclass
            AND NOT t.tgisinternal AND t.tgenabled = 'O' AND t.tgname <> NEW.table_name || '_audit';
        FOREACH rest IN ARRAY resting LOOP
            EXECUTE format('ALTER TABLE %I DISABLE TRIGGER %I', NEW.table_name, rest);
        END LOOP;
        IF NEW.is_delete THEN
            EXECUTE format('DELETE FROM %I WHERE %s', NEW.table_name, found_by);
        ELSE
            EXECUTE format('UPDATE %I SET %s WHERE %s', NEW.table_name, assigned, found_by);
        END IF;
        SET CONSTRAINTS ALL IMMEDIATE;
        FOREACH rest IN ARRAY resting LOOP
            EXECUTE format('ALTER TABLE %I ENABLE TRIGGER %I', NEW.table_name, rest);
        END LOOP;
        SET CONSTRAINTS ALL DEFERRED;
        PERFORM set_config('lock_timeout', '0', true);
    END IF;
    NEW.rows := coalesce(cardinality(ids), 0);
    NEW.entries := audit_redact(NEW.table_name, ids || earlier, whose,
        CASE WHEN NOT NEW.is_delete THEN ARRAY(SELECT jsonb_object_keys(NEW.columns)) END, word);
    -- A line that did nothing is no line.
    IF NEW.rows = 0 AND NEW.entries = 0 THEN RETURN NULL; END IF;
    RETURN NEW;
END $$
"""
NOBODY = "There is no erasure to carry out, or the file is held."
NOT_THIS = "This table is none of an erasure."
HELD = (
    "EXISTS (SELECT 1 FROM erasure_legalhold h WHERE h.patient_id = NEW.patient_id AND h.lifted_at IS NULL)"
)


def carry_out() -> str:
    """The function with its two sentences."""
    nobody, not_this = (refuse(sentence) + ";" for sentence in (NOBODY, NOT_THIS))
    return CARRY_OUT.replace("…", nobody, 1).replace("…", not_this, 1)


class Migration(migrations.Migration):
    """An erasure is carried out by entering its steps, and by nothing else."""

    dependencies = [("erasure", "0001_initial"), ("audit", "0003_redaction")]

    operations = [
        *enforced_transitions("erasure_erasure", TRANSITIONS, initial=("pseudonymised",)),
        *frozen(
            "erasure_erasure",
            when=changed("id", "created_at", "patient_id", "pseudonym", "asked_by_id", "reason")
            + " OR OLD.status = 'complete'",
            message="An erasure stays as it was carried out.",
        ),
        *guard(
            "erasure_erasure",
            "held",
            "INSERT",
            refuse_if(HELD, "This patient's file is held: nothing of it is erased until the hold is lifted."),
        ),
        *frozen("erasure_erasurestep", when="true", message="A line of an erasure's report never changes."),
        run(carry_out(), "DROP FUNCTION erasure_carry_out()"),
        run(
            "CREATE TRIGGER erasure_carry_out BEFORE INSERT ON erasure_erasurestep "
            "FOR EACH ROW EXECUTE FUNCTION erasure_carry_out()",
            "DROP TRIGGER erasure_carry_out ON erasure_erasurestep",
        ),
        *frozen(
            "erasure_legalhold",
            when=changed("id", "created_at", "patient_id", "reason", "placed_by_id")
            + " OR OLD.lifted_at IS NOT NULL",
            message="A legal hold is lifted, not changed.",
        ),
        *audited("erasure_erasure", "erasure_erasurestep", "erasure_legalhold", "erasure_retentionrule"),
    ]
