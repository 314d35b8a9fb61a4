"""Merged files: what a merge may move, and that nothing is left half moved."""

from django.db import migrations

from clinic.db.operations import (
    audited,
    changed,
    enforced_transitions,
    frozen,
    guard,
    passing,
    refuse_if,
    run,
)

# Whether a merge that is at work just now has written down this very change: a value that goes from the one
# file to the other, a row set aside, or the same backwards. Of the rest of the row nothing may change.
PASSES = """
CREATE FUNCTION members_merge_passes(of_table text, before jsonb, after jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
SELECT EXISTS (
    SELECT FROM members_patientmerge m
    CROSS JOIN (SELECT coalesce(whole ->> 'id', whole ->> 'member_id')::uuid AS id, ARRAY(
            -- What is computed is not yet so while a row is being changed.
            SELECT attname::text FROM pg_attribute
            WHERE attrelid = to_regclass(of_table) AND attgenerated <> ''
        ) AS computed
        FROM (SELECT coalesce(before, after) AS whole) given) asked
    WHERE m.is_moving AND CASE
    WHEN after IS NULL OR before IS NULL THEN
        (m.status = 'merged') = (after IS NULL) AND EXISTS (
            SELECT FROM members_patientmergemove v WHERE v.merge_id = m.id AND v.table_name = of_table
            AND v.row_id = asked.id AND v.column_name = ''
            AND v.value_before - asked.computed = coalesce(before, after) - asked.computed
        )
    ELSE NOT EXISTS (
        SELECT FROM jsonb_each(before - asked.computed) b JOIN jsonb_each(after) a USING (key)
        WHERE a.value <> b.value AND NOT EXISTS (
            SELECT FROM members_patientmergemove v
            CROSS JOIN LATERAL (
                SELECT coalesce(v.value_before, 'null') AS one, coalesce(v.value_after, 'null') AS two
            ) was
            WHERE v.merge_id = m.id AND v.table_name = of_table AND v.row_id = asked.id
            AND v.column_name = key
            AND CASE m.status WHEN 'merged' THEN (was.one, was.two) = (b.value, a.value)
                ELSE (was.two, was.one) = (b.value, a.value) END
            AND ((was.one, was.two) = (to_jsonb(m.merged_id), to_jsonb(m.into_id))
                OR (of_table, key, asked.id) = ('members_member', 'user_id', m.into_id))
        )
    ) END
) $$
"""
FIXED = (
    "id",
    "created_at",
    "merged_id",
    "merged_number",
    "merged_name",
    "into_id",
    "into_number",
    "merged_by_id",
)
MERGING = "EXISTS (SELECT FROM members_patientmerge m WHERE m.id = NEW.merge_id AND m.is_moving)"


class Migration(migrations.Migration):
    """The rules of merges, and of those who were told apart."""

    dependencies = (("members", "0030_merged_files"),)

    operations = (
        run(PASSES, "DROP FUNCTION members_merge_passes(text, jsonb, jsonb)"),
        *enforced_transitions("members_patientmerge", [("merged", "undone")], initial=("merged",)),
        *frozen(
            "members_patientmerge",
            when=f"{changed(*FIXED, 'survivor_id')} OR OLD.status = 'undone' AND NOT OLD.is_moving",
            message="That two files were merged, and by whom, stays on record.",
        ),
        *guard(
            "members_patientmerge",
            "begun",
            "UPDATE",
            refuse_if(
                "NEW.is_moving AND NOT OLD.is_moving AND (OLD.status, NEW.status) <> ('merged', 'undone')",
                "This merge has been carried out already.",
            ),
        ),
        *guard(
            "members_patientmerge",
            "settled",
            "INSERT OR UPDATE",
            refuse_if(
                "EXISTS (SELECT FROM members_patientmerge m WHERE m.id = NEW.id AND (m.is_moving "
                "OR (m.status = 'merged') = EXISTS (SELECT FROM members_member p WHERE p.id = m.merged_id)))",
                "A merge is carried out as a whole.",
            ),
            at_commit=True,
        ),
        *guard(
            "members_patientmergemove",
            "written",
            "INSERT OR UPDATE OR DELETE",
            refuse_if(
                f"TG_OP <> 'INSERT' OR NOT {MERGING}", "What a merge has moved is written down as it moves."
            ),
        ),
        *frozen(
            "members_distinctpeople",
            when="true",
            message="That these are two people stays on record.",
        ),
        *guard(
            "members_member",
            "merged",
            "INSERT",
            refuse_if(
                "EXISTS (SELECT FROM members_patientmerge m WHERE m.merged_id = NEW.id AND m.status = 'merged')",
                "This file was merged into another one.",
            ),
        ),
        *audited("members_patientmerge", patient="survivor_id"),
        *audited("members_patientmergemove", "members_distinctpeople"),
        # What stays as it is stays so, but for the patient it belongs to, while two files are merged.
        passing("members_member", "members_merge_passes", "user_id", inserted=True, keeping=("merged",)),
        passing("members_patientprofile", "members_merge_passes", "registered_by_id"),
        passing("members_patientmerge", "members_merge_passes", "survivor_id", keeping=("begun",)),
        passing("members_distinctpeople", "members_merge_passes", "one_id", "other_id", "told_by_id"),
        passing(
            "members_agentassignment",
            "members_merge_passes",
            *("patient_id", "assigned_by_id", "ended_by_id"),
            inserted=True,
        ),
        passing(
            "members_guardianship",
            "members_merge_passes",
            *("guardian_id", "dependant_id", "verified_by_id", "handed_over_by_id", "ended_by_id"),
            keeping=("of_age", "no_ring"),
            inserted=True,
        ),
        passing("members_invitation", "members_merge_passes", "member_id", "invited_by_id", inserted=True),
    )
