"""What a merge may not do, whoever enters its rows: take anybody but patients, set a record aside, end half done.

Until now a merge that was written down, moved what is signed and was then called undone in the same transaction
left it moved; staff could be "merged" too, and any row be set aside, for the move's own word was asked alone.
"""

from django.db import migrations

from clinic.db.operations import guard, refuse, refuse_if, run

# accounts.members.merging.twins.TWINS, and the two rows of a person.
SPARED = (
    *("members_member", "members_patientprofile"),
    *("members_allergy", "members_condition", "members_emergencycontact", "members_agentassignment"),
    *("members_guardianship", "members_invitation", "members_distinctpeople"),
    *("scheduling_calendarfeed", "scheduling_waitinglistentry", "queue_queueentry"),
    *(
        "observations_observation",
        "erasure_legalhold",
        "exports_export",
        "insurance_policy",
        "wallets_wallet",
    ),
)
_LISTED = ", ".join(f"'{table}'" for table in SPARED)
_UNLISTED = "WHEN after IS NULL OR before IS NULL THEN"
_ONLY_SPARED = f"WHEN (after IS NULL OR before IS NULL) AND of_table <> ALL (ARRAY[{_LISTED}]) THEN false"
# The function stays as it is but for its first question (migration 0032).
REWRITTEN = """
DO $do$ DECLARE body text; BEGIN
    SELECT pg_get_functiondef(p.oid) INTO body FROM pg_proc p
    WHERE p.proname = 'members_merge_passes' AND p.pronamespace = current_schema()::regnamespace;
    EXECUTE replace(body, {old}, {new});
END $do$
"""
ASKED = REWRITTEN.format(old=f"$old${_UNLISTED}$old$", new=f"$new${_ONLY_SPARED}\n    {_UNLISTED}$new$")
NO_PATIENTS = (
    "NEW.survivor_id <> NEW.into_id OR 2 <> (SELECT count(*) FROM members_patientprofile p "
    "WHERE p.member_id IN (NEW.merged_id, NEW.into_id))"
)
HALF_DONE = "What was merged is taken apart as a whole."
# A value that is still what the merge made of it, or a row that was set aside and does not stand again.
_APART = """
IF NEW.status = 'undone' AND NOT NEW.is_moving AND (OLD.is_moving OR OLD.status = 'merged') THEN
    FOR moved IN SELECT DISTINCT v.table_name, v.column_name,
        CASE v.table_name WHEN 'members_patientprofile' THEN 'member_id' ELSE 'id' END AS key
        FROM members_patientmergemove v WHERE v.merge_id = NEW.id
    LOOP
        IF moved.column_name = '' THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM members_patientmergemove v '
                'LEFT JOIN %I t ON t.%I = v.row_id WHERE v.merge_id = %L AND v.table_name = %L AND v.column_name = '''' AND t.%I IS NULL)',
                moved.table_name, moved.key, NEW.id, moved.table_name, moved.key) INTO left_over;
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM members_patientmergemove v '
                'JOIN %I t ON t.%I = v.row_id WHERE v.merge_id = %L AND v.table_name = %L AND v.column_name = %L '
                'AND v.value_before = %L AND to_jsonb(t.%I) = %L)',
                moved.table_name, moved.key, NEW.id, moved.table_name, moved.column_name,
                to_jsonb(NEW.merged_id), moved.column_name, to_jsonb(NEW.into_id)) INTO left_over;
        END IF;
        IF left_over THEN …; END IF;
    END LOOP;
END IF;
"""
APART = _APART.replace("…", refuse(HALF_DONE))


class Migration(migrations.Migration):
    """Patients alone, records never set aside, nothing left half done."""

    dependencies = (("members", "0032_words_of_a_merge"),)

    operations = (
        run(ASKED),
        *guard(
            "members_patientmerge",
            "patients",
            "INSERT",
            refuse_if(NO_PATIENTS, "Only the files of two patients are merged."),
        ),
        *guard(
            "members_patientmerge",
            "apart",
            "UPDATE",
            APART,
            "DECLARE moved record; left_over boolean;",
            at_commit=True,
        ),
    )
