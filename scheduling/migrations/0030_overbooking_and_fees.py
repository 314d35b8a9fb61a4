"""Nobody is booked beside an overbooked visit unseen; what was agreed when a visit was booked stays."""

from django.db import migrations

from clinic.db.operations import frozen, guard

HOLDING = "('proposed', 'pending', 'booked', 'arrived', 'checked_in')"
LOCK = "hashtextextended('overbooking ' || NEW.doctor_id, 0)"
# The exclusion constraint leaves out visits that were booked beside others on purpose. Who comes later must
# see them all the same: such a time is taken, and ON CONFLICT DO NOTHING would not say so. Bookings share a
# lock that overbooking takes alone, so neither is stored before it has seen the other.
BESIDE = f"""
IF NEW.status IN {HOLDING} THEN
    IF NEW.overbook_reason <> '' THEN
        PERFORM pg_advisory_xact_lock({LOCK});
    ELSE
        PERFORM pg_advisory_xact_lock_shared({LOCK});
        IF EXISTS (
            SELECT FROM scheduling_appointment a
            WHERE a.doctor_id = NEW.doctor_id AND a.overbook_reason <> '' AND a.status IN {HOLDING}
              AND a.starts_at > NEW.starts_at - interval '28 hours'
              AND a.starts_at < coalesce(NEW.busy_until, NEW.ends_at)
              AND coalesce(a.busy_until, a.ends_at) > NEW.starts_at
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
END IF;
"""
AGREED = "appointment_type_id, fee, source, overbook_reason, series_id, agent_id"


def row(name: str) -> str:
    return ", ".join(f"{name}.{column.strip()}" for column in AGREED.split(","))


class Migration(migrations.Migration):
    """Overbooking is seen by everybody; the fee, the kind and the door of a visit do not change."""

    dependencies = [("scheduling", "0040_offers_and_wishes")]

    operations = [
        *guard("scheduling_appointment", "beside", "INSERT", BESIDE),
        *frozen(
            "scheduling_appointment",
            when=f"TG_OP = 'UPDATE' AND ({row('OLD')}) IS DISTINCT FROM ({row('NEW')})",
            message="What was agreed when a visit was booked stays: its kind, its fee and who booked it.",
            name="agreed",
        ),
    ]
