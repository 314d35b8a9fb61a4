"""Who may act for whom: never a member of staff, never in a ring, never beyond the eighteenth birthday unsaid."""

from django.db import migrations

from clinic.db.operations import audited, changed, frozen, guard, refuse_if

KEPT = ("id", "guardian_id", "dependant_id", "starts_on", "created_at")
OF_AGE = (
    "(p.date_of_birth + interval '18 years')::date + "
    "CASE WHEN to_char(p.date_of_birth, 'MMDD') = '0229' THEN 1 ELSE 0 END"
)
# One after the other: two who would close a ring together do not see each other's row.
IN_LINE = "PERFORM pg_advisory_xact_lock(hashtextextended('guardianship ' || current_schema(), 0)); "
ABOVE = (
    "SELECT NEW.guardian_id UNION SELECT g.guardian_id FROM members_guardianship g "
    "JOIN above ON g.dependant_id = above.id WHERE g.ended_at IS NULL"
)
RING = (
    "NEW.guardian_id <> NEW.dependant_id AND EXISTS ("
    f"WITH RECURSIVE above (id) AS ({ABOVE}) SELECT FROM above WHERE above.id = NEW.dependant_id)"
)
NO_RING = IN_LINE + refuse_if(RING, "The patient acts for this person, directly or through somebody else.")
NOT_STAFF = refuse_if(
    "EXISTS (SELECT FROM members_member m WHERE m.id = NEW.guardian_id AND m.role NOT IN ('', 'patient'))",
    "Staff act for their families as patients: register the person as a patient too.",
)
BEYOND = refuse_if(
    "NEW.ended_at IS NULL AND NEW.reason = '' AND EXISTS (SELECT FROM members_patientprofile p "
    f"WHERE p.member_id = NEW.dependant_id AND (p.date_of_birth IS NULL OR NEW.ends_on > {OF_AGE}))",
    "Somebody of age acts alone. Say why it goes on beyond the 18th birthday.",
)


class Migration(migrations.Migration):
    """The rules of guardianships."""

    dependencies = [("members", "0008_guardianships"), ("audit", "0002_trail")]

    operations = [
        *guard("members_guardianship", "no_ring", "INSERT", NO_RING),
        *guard("members_guardianship", "not_staff", "INSERT", NOT_STAFF),
        *guard("members_guardianship", "of_age", "INSERT OR UPDATE", BEYOND),
        *frozen(
            "members_guardianship",
            when="OLD.ended_at IS NOT NULL",
            message="What has ended stays as it was. Enter a new one.",
        ),
        *frozen(
            "members_guardianship",
            when=changed(*KEPT),
            message="Who acts for whom, and since when, stays as it was. End it and enter a new one.",
            name="kept",
        ),
        *frozen(
            "members_guardianship",
            when="TG_OP = 'UPDATE' AND OLD.verified_at IS NOT NULL "
            "AND (NEW.verified_at, NEW.verified_by_id) IS DISTINCT FROM (OLD.verified_at, OLD.verified_by_id)",
            message="The papers were seen; that stays on record.",
            name="seen",
        ),
        *audited("members_guardianship", patient="dependant_id"),
    ]
