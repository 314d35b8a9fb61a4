"""What only the database can keep: what was told never changes, goes only with its import, crosses nobody."""

from django.db import migrations

from clinic.db.operations import audited, composite_foreign_key, frozen, guard, refuse_if, run

TOLD = (
    "pastencounter",
    "outsidenote",
    "immunization",
    "pastprocedure",
    "pastmedication",
    "outsideobservation",
    "diagnosticreport",
)
PEOPLE = ("outsideorganization", "outsidepractitioner")
# What of an entry is filled in later: its withdrawal, and of a medicine that it is no longer taken.
LATER = "'entered_in_error_at', 'entered_in_error_by_id', 'entered_in_error_reason'"
STOPPED = "'stopped_at', 'stopped_by_id', 'stop_reason'"
NEVER = "What was told never changes. Withdraw it, and add what is right."
GOES = "What was told stays on record: it goes only when its import is taken back."


def unchanged(columns: str) -> str:
    """The SQL that something else than these columns is another one now."""
    old, new = (f"to_jsonb({row}) - ARRAY[{columns}]" for row in ("OLD", "NEW"))
    return f"OLD.entered_in_error_at IS NOT NULL OR ({new}) IS DISTINCT FROM ({old})"


def told(table: str) -> list[migrations.RunSQL]:
    """The rules of one kind of entry. Whether its import was taken back is asked at the end."""
    later = f"{LATER}, {STOPPED}" if table == "pastmedication" else LATER
    when = f"TG_OP = 'UPDATE' AND ({unchanged(later)})"
    if table == "pastmedication":
        when += " OR TG_OP = 'UPDATE' AND OLD.stopped_at IS NOT NULL AND NEW.entered_in_error_at IS NULL"
    return [*frozen(f"history_{table}", when=when, message=NEVER), *goes_with_its_import(table)]


def goes_with_its_import(table: str) -> list[migrations.RunSQL]:
    """A row is deleted by taking back the import that made it, and by nothing else."""
    undone = "SELECT 1 FROM moving_importrun r WHERE r.id = OLD.run_id AND r.status = 'undone'"
    body = refuse_if(f"NOT EXISTS ({undone})", GOES)
    return guard(f"history_{table}", "goes", "DELETE", body, at_commit=True)


def in_the_visit(table: str) -> migrations.RunSQL:
    """A visit of the same patient."""
    columns, key = ("encounter_id", "patient_id"), ("id", "patient_id")
    name = f"{table}_encounter_patient"
    return composite_foreign_key(f"history_{table}", columns, "history_pastencounter", key, name)


# As records/0033, with what is taken by the word of others: the check looks at that as well.
COVERS = (
    "SELECT encode(sha256(convert_to(jsonb_build_array("
    "(SELECT jsonb_agg(to_jsonb(i) - 'created_at' ORDER BY i.position) FROM records_prescriptionitem i "
    "WHERE i.prescription_id = p.id), "
    "(SELECT jsonb_agg(to_jsonb(i) - 'created_at' ORDER BY i.id) FROM records_prescriptionitem i "
    "JOIN records_prescription o ON o.id = i.prescription_id "
    "WHERE o.patient_id = p.patient_id AND o.status = 'active' AND o.id <> p.id), "
    "(SELECT jsonb_agg(a.substance ORDER BY a.id) FROM members_allergy a "
    "WHERE a.patient_id = p.patient_id){told})::text, 'UTF8')), 'hex') "
    "FROM records_prescription p WHERE p.id = sheet"
)
TAKEN = (
    ", (SELECT jsonb_agg(m.title ORDER BY m.id) FROM history_pastmedication m "
    "WHERE m.patient_id = p.patient_id AND m.entered_in_error_at IS NULL AND m.stopped_at IS NULL "
    "AND m.reported_status IN ('active', 'on-hold', 'unknown'))"
)


def covers(told: str) -> str:
    """The function that says what a check of a prescription covers."""
    return (
        "CREATE OR REPLACE FUNCTION records_covers(sheet uuid) RETURNS text LANGUAGE plpgsql STABLE "
        f"SET search_path FROM CURRENT AS $$ BEGIN RETURN ({COVERS.format(told=told)}); END $$"
    )


class Migration(migrations.Migration):
    """The rules of what was told."""

    dependencies = [
        ("history", "0001_initial"),
        ("records", "0033_covers_in_one_place"),
        ("observations", "0003_patient_key"),
        ("audit", "0002_trail"),
    ]

    operations = [
        *(rule for table in TOLD for rule in told(table)),
        *(in_the_visit(table) for table in TOLD if table != "pastencounter"),
        *(rule for table in PEOPLE for rule in goes_with_its_import(table)),
        composite_foreign_key(
            "history_reportresult",
            ("report_id", "patient_id"),
            "history_diagnosticreport",
            ("id", "patient_id"),
            "reportresult_report_patient",
        ),
        composite_foreign_key(
            "history_reportresult",
            ("measurement_id", "patient_id"),
            "observations_observation",
            ("id", "patient_id"),
            "reportresult_measurement_patient",
        ),
        composite_foreign_key(
            "history_reportresult",
            ("result_id", "patient_id"),
            "history_outsideobservation",
            ("id", "patient_id"),
            "reportresult_result_patient",
        ),
        *frozen("history_reportresult", when="TG_OP = 'UPDATE'", message=NEVER),
        # A row of a report that stays: with the report itself it is gone at the end.
        *guard(
            "history_reportresult",
            "goes",
            "DELETE",
            refuse_if("EXISTS (SELECT 1 FROM history_diagnosticreport d WHERE d.id = OLD.report_id)", GOES),
            at_commit=True,
        ),
        *(
            run(
                f"ALTER TABLE history_{table} ADD CONSTRAINT {table}_{column} "
                f"CHECK (jsonb_typeof({column}) = 'array')",
                f"ALTER TABLE history_{table} DROP CONSTRAINT {table}_{column}",
            )
            for table, column in (("outsidenote", "sections"), ("outsideobservation", "components"))
        ),
        run(covers(TAKEN), covers("")),
        *audited(*(f"history_{table}" for table in (*TOLD, "reportresult", *PEOPLE))),
    ]
