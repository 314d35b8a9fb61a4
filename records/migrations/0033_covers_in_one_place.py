"""What a check covers is computed by one function: rooms above add to it what they know to be taken."""

from django.db import migrations

from clinic.db.operations import guard, refuse, run, unguarded

COVERS = (
    "SELECT encode(sha256(convert_to(jsonb_build_array("
    "(SELECT jsonb_agg(to_jsonb(i) - 'created_at' ORDER BY i.position) FROM records_prescriptionitem i "
    "WHERE i.prescription_id = p.id), "
    "(SELECT jsonb_agg(to_jsonb(i) - 'created_at' ORDER BY i.id) FROM records_prescriptionitem i "
    "JOIN records_prescription o ON o.id = i.prescription_id "
    "WHERE o.patient_id = p.patient_id AND o.status = 'active' AND o.id <> p.id), "
    "(SELECT jsonb_agg(a.substance ORDER BY a.id) FROM members_allergy a "
    "WHERE a.patient_id = p.patient_id))::text, 'UTF8')), 'hex') "
    "FROM records_prescription p WHERE p.id = sheet"
)
FUNCTION = (
    "CREATE FUNCTION records_covers(sheet uuid) RETURNS text LANGUAGE plpgsql STABLE "
    f"SET search_path FROM CURRENT AS $$ BEGIN RETURN ({COVERS}); END $$"
)
# The name comes after "filled": an empty sheet is told so first.
UNCHECKED = " ".join(
    (
        "IF OLD.status = 'draft' AND NEW.status = 'active' AND NOT EXISTS (",
        "SELECT 1 FROM records_safetycheck c WHERE c.prescription_id = OLD.id",
        "AND c.covers = records_covers(OLD.id) AND c.findings_count =",
        "(SELECT count(*) FROM records_safetyfinding f WHERE f.safety_check_id = c.id))",
        f"THEN {refuse('This prescription was not checked as it is now. Check it, then hand it out.')}; END IF;",
    )
)


class Migration(migrations.Migration):
    """The same fingerprint as before."""

    dependencies = [("records", "0032_addendum_drafts")]

    operations = [
        run(FUNCTION, "DROP FUNCTION records_covers(uuid)"),
        *unguarded("records_prescription", "safety"),
        *guard("records_prescription", "safety", "UPDATE", UNCHECKED),
    ]
