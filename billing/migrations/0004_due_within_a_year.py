"""An invoice is due within a year."""

from django.db import migrations

from clinic.db.operations import guard, refuse

# A day more than the service allows: the day here is UTC's, the clinic's may be the next.
DUE_TOO_LATE = "".join(
    [
        "IF (TG_OP = 'INSERT' OR NEW.due_on IS DISTINCT FROM OLD.due_on) ",
        "AND NEW.due_on > (NEW.issued_at AT TIME ZONE 'UTC')::date + 367 THEN ",
        refuse("The day it is due must be within a year. Check the year."),
        "; END IF; ",
    ]
)


class Migration(migrations.Migration):
    """Whatever is typed as a year."""

    dependencies = [("billing", "0003_on_its_way")]

    operations = [*guard("billing_invoice", "due", "INSERT OR UPDATE", DUE_TOO_LATE)]
