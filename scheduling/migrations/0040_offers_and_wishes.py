"""An offer and the wish it answers are settled together, or the transaction is not stored."""

from django.db import migrations

from clinic.db.operations import guard, refuse

APART = refuse("An offer and the wish it answers are settled together.")
# The rows as they are at the end of the transaction: in its course the one is settled before the other.
APART_IS = (
    "IF EXISTS (SELECT FROM scheduling_appointment a "
    "LEFT JOIN scheduling_waitinglistentry w ON w.appointment_id = a.id "
    "WHERE a.id {} AND (a.status = 'proposed') <> coalesce(w.status = 'proposed', false)) "
    f"THEN {APART}; END IF; "
)
WISH = APART_IS.format("IN (NEW.appointment_id, OLD.appointment_id)")
OFFER = (
    "IF NEW.status = 'proposed' OR TG_OP = 'UPDATE' AND OLD.status = 'proposed' THEN "
    f"{APART_IS.format('= NEW.id')} END IF; "
)


class Migration(migrations.Migration):
    """Neither half of an answer is ever stored alone."""

    dependencies = [("scheduling", "0004_rules_of_offers_and_series")]

    operations = [
        *guard("scheduling_waitinglistentry", "offer", "INSERT OR UPDATE", WISH, at_commit=True),
        *guard("scheduling_appointment", "wish", "INSERT OR UPDATE", OFFER, at_commit=True),
    ]
