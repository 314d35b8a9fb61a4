"""A visit may take longer or shorter while it holds its time; everything else about its time stays."""

from django.db import migrations

from clinic.db.operations import (
    called,
    enforced_transitions,
    frozen,
    guard,
    refuse,
    uncalled,
    unguarded,
)

TRANSITIONS = [
    ("arrived", "arrived"),
    ("arrived", "cancelled"),
    ("arrived", "checked_in"),
    ("arrived", "entered_in_error"),
    ("booked", "arrived"),
    ("booked", "booked"),
    ("booked", "cancelled"),
    ("booked", "entered_in_error"),
    ("booked", "noshow"),
    ("booked", "rescheduled"),
    ("checked_in", "cancelled"),
    ("checked_in", "checked_in"),
    ("checked_in", "entered_in_error"),
    ("checked_in", "fulfilled"),
    ("noshow", "arrived"),
    ("noshow", "entered_in_error"),
    ("pending", "booked"),
    ("pending", "cancelled"),
    ("pending", "declined"),
    ("pending", "pending"),
    ("pending", "rescheduled"),
    ("proposed", "booked"),
    ("proposed", "cancelled"),
]
INITIAL = ("pending", "proposed", "booked")
HOLDING = "('proposed', 'pending', 'booked', 'arrived', 'checked_in')"
LOCK = "hashtextextended('overbooking ' || NEW.doctor_id, 0)"
OLD_END, NEW_END = "coalesce(OLD.busy_until, OLD.ends_at)", "coalesce(NEW.busy_until, NEW.ends_at)"
MOVED = (
    "(OLD.doctor_id, OLD.patient_id, OLD.starts_at) IS DISTINCT FROM "
    "(NEW.doctor_id, NEW.patient_id, NEW.starts_at)"
)
RESIZED = "(OLD.ends_at, OLD.busy_until) IS DISTINCT FROM (NEW.ends_at, NEW.busy_until)"
# The exclusion constraint leaves overbooked visits out, so it neither keeps others from growing into them nor
# them from growing into others. Of what was overlapped on purpose only the time that is added counts. The
# lock is the one that bookings share (migration 0030).
LONGER = f"""
IF NEW.status IN {HOLDING} AND {NEW_END} > {OLD_END} THEN
    IF NEW.overbook_reason <> '' THEN
        PERFORM pg_advisory_xact_lock({LOCK});
    ELSE
        PERFORM pg_advisory_xact_lock_shared({LOCK});
    END IF;
    IF EXISTS (
        SELECT FROM scheduling_appointment a
        WHERE a.doctor_id = NEW.doctor_id AND a.id <> NEW.id AND a.status IN {HOLDING}
          AND (NEW.overbook_reason <> '' OR a.overbook_reason <> '')
          AND a.starts_at > {OLD_END} - interval '28 hours' AND a.starts_at < {NEW_END}
          AND coalesce(a.busy_until, a.ends_at) > {OLD_END}
    ) THEN
        {refuse("This time is already taken. Choose another one.")};
    END IF;
END IF;
"""


class Migration(migrations.Migration):
    """The end of a visit can move."""

    dependencies = [("scheduling", "0090_guards_where_they_matter")]

    operations = [
        # The same calls as migration 0090 has them, of a function that knows more.
        uncalled("scheduling_appointment", "first_state"),
        *unguarded("scheduling_appointment", "transitions"),
        *enforced_transitions("scheduling_appointment", TRANSITIONS, initial=INITIAL),
        uncalled("scheduling_appointment", "transitions"),
        called("scheduling_appointment", "transitions", "BEFORE UPDATE"),
        called(
            "scheduling_appointment",
            "first_state",
            "AFTER INSERT",
            guard="transitions",
            when=f"NEW.status NOT IN {INITIAL}",
        ),
        *unguarded("scheduling_appointment", "frozen"),
        *frozen(
            "scheduling_appointment",
            when=f"TG_OP = 'UPDATE' AND ({MOVED} OR (OLD.status NOT IN {HOLDING} AND {RESIZED}))",
            message="An appointment is moved by making a new one.",
        ),
        *guard("scheduling_appointment", "longer", "UPDATE OF ends_at, busy_until", LONGER),
    ]
