"""Migration operations for the rules that only the database can keep.

Each operation is one statement (fit for Citus, DESIGN section 5, law 14), works in whichever schema the
migration runs in, and pins that schema into its functions with SET search_path FROM CURRENT.
"""

from collections.abc import Iterable, Sequence

from django.db import migrations

from clinic.models import RULE_BROKEN


def run(sql: str, reverse: str = "") -> migrations.RunSQL:
    """One statement, and the one that undoes it."""
    # A doubled percent sign would reach PostgreSQL as it is: RunSQL without parameters does not format.
    return migrations.RunSQL(sql=[sql], reverse_sql=[reverse] if reverse else migrations.RunSQL.noop)


def _text(value: str) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def refuse(message: str) -> str:
    """The plpgsql that refuses with `message`, a sentence a person can read."""
    return (
        f"RAISE EXCEPTION USING ERRCODE = '{RULE_BROKEN}', MESSAGE = {_text(message)}, TABLE = TG_TABLE_NAME"
    )


def refuse_if(condition: str, message: str) -> str:
    """SQL: `condition` is refused with `message`."""
    return f"IF {condition} THEN {refuse(message)}; END IF; "


def changed(*columns: str) -> str:
    """SQL: the row is deleted, or one of `columns` changes."""
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"(TG_OP = 'DELETE' OR ({old}) IS DISTINCT FROM ({new}))"


def audited(*tables: str, patient: str = "patient_id") -> list[migrations.RunSQL]:
    """Record every change of these tables in the clinic's audit trail, when the transaction commits.

    `patient` is the column that says whose record it is, where there is one.
    """
    return [
        run(
            f"CREATE CONSTRAINT TRIGGER {table}_audit AFTER INSERT OR UPDATE OR DELETE ON {table} "
            f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_record('{patient}')",
            f"DROP TRIGGER {table}_audit ON {table}",
        )
        for table in tables
    ]


def guard(
    table: str, name: str, events: str, body: str, declarations: str = "", *, at_commit: bool = False
) -> list[migrations.RunSQL]:
    """Run `body` (plpgsql, which may `refuse`) for each row before `events`, or when the transaction ends."""
    function = f"{table}_{name}"
    kind, when, later = "TRIGGER", "BEFORE", ""
    if at_commit:
        kind, when, later = "CONSTRAINT TRIGGER", "AFTER", "DEFERRABLE INITIALLY DEFERRED "
    return [
        run(
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path FROM CURRENT AS $$ {declarations} BEGIN {body} "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
            f"DROP FUNCTION {function}()",
        ),
        run(
            f"CREATE {kind} {function} {when} {events} ON {table} {later}"
            f"FOR EACH ROW EXECUTE FUNCTION {function}()",
            f"DROP TRIGGER {function} ON {table}",
        ),
    ]


def called(
    table: str, name: str, event: str, *, guard: str = "", when: str = "", at_commit: bool = False
) -> migrations.RunSQL:
    """Call the function of `guard` (the guard of this name) at `event` for the rows that meet `when` (SQL).

    What is asked after an event costs nothing where the row is not stored after all (ON CONFLICT), and a row
    that does not meet `when` need not be remembered until the commit. Before an event `when` spares
    nothing: PostgreSQL reads the condition anew for every statement, which takes as long as the call.
    """
    kind, later = ("CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED ") if at_commit else ("TRIGGER", "")
    condition = f"WHEN ({when}) " if when else ""
    return run(
        f"CREATE {kind} {table}_{name} {event} ON {table} {later}"
        f"FOR EACH ROW {condition}EXECUTE FUNCTION {table}_{guard or name}()",
        f"DROP TRIGGER {table}_{name} ON {table}",
    )


def uncalled(table: str, name: str) -> migrations.RunSQL:
    """Call a guard no longer, for it to be called otherwise in the same migration."""
    return run(f"DROP TRIGGER {table}_{name} ON {table}")


def unguarded(table: str, name: str) -> list[migrations.RunSQL]:
    """Take a guard away, for another to take its place in the same migration."""
    function = f"{table}_{name}"
    return [run(f"DROP TRIGGER {function} ON {table}"), run(f"DROP FUNCTION {function}()")]


def enforced_transitions(
    table: str, pairs: Iterable[tuple[str, str]], initial: Iterable[str] = (), column: str = "status"
) -> list[migrations.RunSQL]:
    """Refuse a change of state that is not one of `pairs`, and a first state that is not in `initial`."""
    allowed = ", ".join(_text(f"{old}>{new}") for old, new in pairs)
    message = "This change of state is not possible."
    body = (
        f"IF TG_OP = 'UPDATE' AND NEW.{column} <> OLD.{column} "
        f"AND NOT (OLD.{column} || '>' || NEW.{column} = ANY (ARRAY[{allowed}])) "
        f"THEN {refuse(message)}; END IF; "
    )
    firsts = ", ".join(_text(state) for state in initial)
    if firsts:
        body += f"IF TG_OP = 'INSERT' AND NEW.{column} NOT IN ({firsts}) THEN {refuse(message)}; END IF; "
    return guard(table, "transitions", "INSERT OR UPDATE", body)


def frozen(table: str, when: str, message: str, name: str = "frozen") -> list[migrations.RunSQL]:
    """Refuse to change or delete a row for which `when` (SQL over OLD) is true."""
    return guard(table, name, "UPDATE OR DELETE", f"IF {when} THEN {refuse(message)}; END IF; ")


def frozen_parts(
    table: str, parent: str, key: str, when: str, message: str, name: str = "frozen"
) -> list[migrations.RunSQL]:
    """Refuse to insert, change or delete rows of `table` whose parent (by column `key`) meets `when`.

    `when` is SQL over the parent's columns, as alias `p`. The parent row is locked (FOR SHARE), so that it
    cannot be closed between the check and the commit.
    """
    parents = (
        f"{parent} p WHERE p.id IN ("
        f"CASE WHEN TG_OP <> 'INSERT' THEN OLD.{key} END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.{key} END)"
    )
    # Two statements: the first waits for whoever is closing the parent, the second sees what they left.
    body = (
        f"PERFORM 1 FROM {parents} ORDER BY p.id FOR SHARE; "
        f"IF EXISTS (SELECT 1 FROM {parents} AND ({when})) THEN {refuse(message)}; END IF; "
    )
    return guard(table, name, "INSERT OR UPDATE OR DELETE", body)


def passing(
    table: str, exception: str, *columns: str, keeping: Iterable[str] = (), inserted: bool = False
) -> migrations.RunSQL:
    """Let what `exception` allows pass the guards there are on `table` before a row is changed or deleted.

    `exception` is a function (table, row before, row after: jsonb) that looks for a row of the database
    which says so. It is asked where one of `columns` changes, where a row is deleted, and with `inserted` for
    new rows too. The guards named in `keeping` ask it nothing.
    """
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    asked = f"IF {exception}(TG_TABLE_NAME::text, {{}}) THEN RETURN {{}}; END IF; "
    passed = (
        f"IF TG_OP = 'UPDATE' THEN IF ({new}) IS DISTINCT FROM ({old}) THEN "
        f"{asked.format('to_jsonb(OLD), to_jsonb(NEW)', 'NEW')} END IF; "
        f"ELSIF TG_OP = 'DELETE' THEN {asked.format('to_jsonb(OLD), NULL', 'OLD')}"
        + (f"ELSE {asked.format('NULL, to_jsonb(NEW)', 'NEW')}" if inserted else "")
        + "END IF;"
    )
    kept = ", ".join(_text(f"{table}_{name}") for name in ("", *keeping))
    # Of pg_trigger.tgtype: 1 is for each row, 2 before the event, 8 DELETE, 16 UPDATE (4 INSERT).
    events = 28 if inserted else 24
    rewritten = (
        "DO $do$ DECLARE found record; BEGIN FOR found IN "
        "SELECT DISTINCT pg_get_functiondef(p.oid) AS body "
        "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        f"WHERE t.tgrelid = '{table}'::regclass AND NOT t.tgisinternal AND t.tgtype & 3 = 3 "
        f"AND t.tgtype & {events} > 0 AND p.proname <> ALL (ARRAY[{kept}]) "
        "LOOP EXECUTE {}; END LOOP; END $do$"
    )
    there, taken = f"$begin$BEGIN {passed}$begin$", "$begin$BEGIN$begin$"
    return run(
        rewritten.format(rf"regexp_replace(found.body, '\mBEGIN\M', {there})"),
        rewritten.format(f"replace(found.body, {there}, {taken})"),
    )


def composite_foreign_key(
    table: str, columns: Sequence[str], to_table: str, to_columns: Sequence[str], name: str
) -> migrations.RunSQL:
    """Require (columns) of `table` to stand together in `to_table`, whose (to_columns) must be unique."""
    return run(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({', '.join(columns)}) "
        f"REFERENCES {to_table} ({', '.join(to_columns)}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def taken_back(key: str = "id") -> str:
    """SQL over OLD: an import made this row and is being taken back (clinic.moving), so that it may go.

    A row of the database says so, not a flag of the session: the record stays until what it names is gone.
    """
    return (
        "EXISTS (SELECT 1 FROM moving_importedrecord made JOIN moving_importrun run ON run.id = made.run_id "
        f"WHERE made.record_id = OLD.{key} AND made.created AND run.status = 'undone')"
    )
