"""A record that an import brought goes with its files when that import is taken back, and otherwise never."""

from django.db import migrations

from clinic.db.operations import passing, run

# Only a deletion, and only while the database says that the import which made the row is taken back.
TAKEN_BACK = """
CREATE FUNCTION documents_taken_back(of_table text, before jsonb, after jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
SELECT after IS NULL AND EXISTS (
    SELECT FROM moving_importedrecord made JOIN moving_importrun run ON run.id = made.run_id
    WHERE made.record_id = (before ->> 'id')::uuid AND made.created AND run.status = 'undone'
) $$
"""


class Migration(migrations.Migration):
    """The rules of records that were brought in."""

    dependencies = [("documents", "0052_follow_a_merge"), ("moving", "0002_rules")]

    operations = [
        run(TAKEN_BACK, "DROP FUNCTION documents_taken_back(text, jsonb, jsonb)"),
        passing("documents_healthrecord", "documents_taken_back", "id"),
        passing("documents_recordfile", "documents_taken_back", "id"),
    ]
