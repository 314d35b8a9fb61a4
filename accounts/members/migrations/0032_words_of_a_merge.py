"""A merge also chooses between the words of two files, and an import's word that it made one of them."""

from django.db import migrations

from clinic.db.operations import run

PASSES = """
CREATE OR REPLACE FUNCTION members_merge_passes(of_table text, before jsonb, after jsonb) RETURNS boolean
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
                OR of_table = 'members_member' AND asked.id = m.into_id
                    AND key IN ('user_id', 'given_name', 'family_name', 'email', 'phone')
                OR (of_table, key) = ('moving_importedrecord', 'created'))
        )
    ) END
) $$
"""


class Migration(migrations.Migration):
    """What a merge may change besides whose a row is: what the survivor's own row says of the person."""

    dependencies = (("members", "0031_rules_of_merges"),)

    operations = (run(PASSES),)
