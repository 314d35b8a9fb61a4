"""What only the database can keep: numbers without gaps, permitted changes of state, the audit trail."""

from django.db import migrations

from clinic.db.operations import audited, enforced_transitions, frozen, guard, refuse

TRANSITIONS = [
    ("called", "called"),
    ("called", "in_progress"),
    ("called", "left"),
    ("called", "waiting"),
    ("in_progress", "completed"),
    ("in_progress", "left"),
    ("waiting", "called"),
    ("waiting", "left"),
]

IDENTITY = "id, department_id, day, number, token, created_at"
OLD, NEW = (", ".join(f"{row}.{column}" for column in IDENTITY.split(", ")) for row in ("OLD", "NEW"))


def refuse_if(condition: str, message: str) -> str:
    """SQL: `condition` is refused with `message`."""
    return f"IF {condition} THEN {refuse(message)}; END IF; "


# One further on the same day, or one on a later day.
COUNTED = refuse_if(
    "(NEW.last_day, NEW.last_number) IS DISTINCT FROM (OLD.last_day, OLD.last_number) AND NOT coalesce("
    "(NEW.last_day = OLD.last_day AND NEW.last_number = OLD.last_number + 1) "
    "OR ((OLD.last_day IS NULL OR NEW.last_day > OLD.last_day) AND NEW.last_number = 1), false)",
    "Numbers are counted one by one.",
)

# Looked at when the transaction ends: a number that was counted has its ticket, or there would be a gap.
NO_GAP = refuse_if(
    "NEW.last_day IS NOT NULL AND NOT EXISTS (SELECT FROM queue_queueentry e "
    "WHERE e.department_id = NEW.id AND e.day = NEW.last_day AND e.number = NEW.last_number)",
    "A number was counted without a ticket.",
)

DRAWN = refuse_if(
    "NOT EXISTS (SELECT FROM queue_department d WHERE d.id = NEW.department_id "
    "AND d.last_day = NEW.day AND d.last_number = NEW.number)",
    "The number is not the next one of its department.",
)


class Migration(migrations.Migration):
    """The queue's rules."""

    dependencies = [("queue", "0001_initial"), ("audit", "0002_trail")]

    operations = [
        *audited("queue_department", "queue_queueentry"),
        *enforced_transitions("queue_queueentry", TRANSITIONS, initial=["waiting"]),
        *frozen(
            "queue_queueentry",
            when=f"(TG_OP = 'DELETE' OR ({OLD}) IS DISTINCT FROM ({NEW}))",
            message="A ticket that was handed out keeps its number.",
        ),
        *guard("queue_queueentry", "drawn", "INSERT", DRAWN),
        *guard("queue_department", "counted", "UPDATE", COUNTED),
        *guard("queue_department", "gapless", "INSERT OR UPDATE", NO_GAP, at_commit=True),
        *frozen(
            "queue_department",
            when="TG_OP = 'DELETE'",
            message="A department is closed, not deleted.",
        ),
    ]
