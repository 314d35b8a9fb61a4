"""A follow-up comes within two years of the visit."""

from django.db import migrations

from clinic.db.operations import guard, refuse

# A day more than the form allows: the day here is UTC's, the clinic's may be the next.
FOLLOW_UP_TOO_LATE = "".join(
    [
        "IF (TG_OP = 'INSERT' OR NEW.follow_up_on IS DISTINCT FROM OLD.follow_up_on) AND NEW.follow_up_on > ",
        "(coalesce(NEW.started_at, NEW.created_at) AT TIME ZONE 'UTC')::date + 732 THEN ",
        refuse("The follow-up must come within two years of this visit. Check the year."),
        "; END IF; ",
    ]
)


class Migration(migrations.Migration):
    """Whatever is typed as a year."""

    dependencies = [("records", "0002_rules")]

    operations = [*guard("records_consultation", "follow_up", "INSERT OR UPDATE", FOLLOW_UP_TOO_LATE)]
