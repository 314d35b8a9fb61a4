"""Guards are called for the rows they are about: a time that is wanted by many is refused sooner."""

from django.db import migrations

from clinic.db.operations import called, uncalled

TABLE = "scheduling_appointment"


class Migration(migrations.Migration):
    """The same guards; the first state is looked at once a visit is stored, offers only where there is one."""

    dependencies = [("scheduling", "0065_versions_of_events")]

    operations = [
        uncalled(TABLE, "transitions"),
        called(TABLE, "transitions", "BEFORE UPDATE"),
        called(
            TABLE,
            "first_state",
            "AFTER INSERT",
            guard="transitions",
            when="NEW.status NOT IN ('pending', 'proposed', 'booked')",
        ),
        uncalled(TABLE, "wish"),
        called(TABLE, "wish", "AFTER INSERT", when="NEW.status = 'proposed'", at_commit=True),
        called(
            TABLE,
            "wish_answered",
            "AFTER UPDATE",
            guard="wish",
            when="'proposed' IN (OLD.status, NEW.status)",
            at_commit=True,
        ),
    ]
