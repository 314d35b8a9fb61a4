"""Calendars hear of every change: no time changes, and no visit ends, without a higher version of its event."""

from django.db import migrations

from clinic.db.operations import guard, refuse

# Named so that it comes after the rule of the permitted changes of state, whose sentence says more.
CHANGED = "(OLD.starts_at, OLD.ends_at) IS DISTINCT FROM (NEW.starts_at, NEW.ends_at)"
ENDED = "NEW.status <> OLD.status AND NEW.status IN ('cancelled', 'declined', 'entered_in_error')"
VERSIONS = (
    "IF NEW.calendar_id <> OLD.calendar_id OR NEW.sequence < OLD.sequence THEN "
    f"{refuse('A visit stays one event in calendars, and its version never falls.')}; END IF; "
    f"IF ({CHANGED} OR {ENDED}) AND NEW.sequence = OLD.sequence THEN "
    f"{refuse('Calendars are not told of this change: the version of the visit must grow.')}; END IF; "
)


class Migration(migrations.Migration):
    """The version of a visit in calendars grows."""

    dependencies = [("scheduling", "0060_feeds_reminders_and_events")]

    operations = [*guard("scheduling_appointment", "versions", "UPDATE", VERSIONS)]
