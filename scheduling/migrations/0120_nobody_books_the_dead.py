"""Whoever has died is not booked any more; what was before stays as it was."""

from django.db import migrations

from clinic.db.operations import guard, refuse_if

DIED = (
    "NEW.status IN ('proposed', 'pending', 'booked') AND NEW.starts_at >= now() "
    "AND (TG_OP = 'INSERT' OR OLD.status IS DISTINCT FROM NEW.status) "
    "AND (SELECT p.is_deceased FROM members_patientprofile p WHERE p.member_id = NEW.patient_id)"
)


class Migration(migrations.Migration):
    """The rule of visits of those who have died."""

    dependencies = [("scheduling", "0111_rules_of_branches"), ("members", "0020_deceased")]

    operations = [
        *guard(
            "scheduling_appointment",
            "of_the_living",
            "INSERT OR UPDATE",
            refuse_if(DIED, "This patient has died: no visit can be booked."),
        ),
    ]
