"""A room belongs to one branch, and so does whatever takes place in it; what is retired has no hours."""

from django.db import migrations

from clinic.db.operations import audited, called, changed, guard, refuse_if, uncalled

HOURS = ("scheduling_availabilityrule", "scheduling_availabilityexception")
VISITS, BRANCHES, ROOMS = "scheduling_appointment", "scheduling_branch", "scheduling_room"

# A foreign key of both columns would let a room of another branch pass where no branch is named.
OF_BRANCH = refuse_if(
    "NEW.room_id IS NOT NULL AND NOT EXISTS (SELECT FROM scheduling_room r WHERE r.id = NEW.room_id "
    "AND r.branch_id IS NOT DISTINCT FROM NEW.branch_id)",
    "This room is in another branch.",
)
NOT_IN_USE = refuse_if(
    "EXISTS (SELECT FROM scheduling_branch b WHERE b.id = NEW.branch_id AND NOT b.is_active) "
    "OR EXISTS (SELECT FROM scheduling_room r WHERE r.id = NEW.room_id AND NOT r.is_active)",
    "This branch or room is no longer in use.",
)
# The rows are locked until the commit, so that neither is retired meanwhile.
IN_USE = f"""
IF TG_OP = 'INSERT' OR (OLD.branch_id, OLD.room_id) IS DISTINCT FROM (NEW.branch_id, NEW.room_id) THEN
    PERFORM 1 FROM scheduling_branch b WHERE b.id = NEW.branch_id FOR SHARE;
    PERFORM 1 FROM scheduling_room r WHERE r.id = NEW.room_id FOR SHARE;
    {NOT_IN_USE}
END IF;
"""


def retired(column: str) -> str:
    """SQL: what has weekly hours without an end is not retired."""
    return refuse_if(
        "OLD.is_active AND NOT NEW.is_active AND EXISTS (SELECT FROM scheduling_availabilityrule r "
        f"WHERE r.{column} = NEW.id AND r.valid_until IS NULL)",
        "Doctors still have hours there. Change those first.",
    )


class Migration(migrations.Migration):
    """The rules of branches and rooms."""

    dependencies = [("scheduling", "0110_branches_and_rooms"), ("audit", "0001_initial")]

    operations = [
        *(
            operation
            for table in HOURS
            for operation in guard(
                table, "place", "INSERT OR UPDATE OF branch_id, room_id", OF_BRANCH + IN_USE
            )
        ),
        # After the insert, and only where there is a room: who is refused a time does not pay for it.
        *guard(VISITS, "room", "INSERT OR UPDATE OF room_id", OF_BRANCH),
        uncalled(VISITS, "room"),
        called(VISITS, "room", "AFTER INSERT OR UPDATE OF room_id", when="NEW.room_id IS NOT NULL"),
        *guard(
            VISITS,
            "branch",
            "UPDATE OF branch_id",
            refuse_if(changed("branch_id"), "An appointment is moved by making a new one."),
        ),
        *guard(BRANCHES, "retired", "UPDATE OF is_active", retired("branch_id")),
        *guard(ROOMS, "retired", "UPDATE OF is_active", retired("room_id")),
        *guard(
            ROOMS,
            "branch",
            "UPDATE OF branch_id",
            refuse_if(changed("branch_id"), "A room stays in its branch. Retire it, and add another one."),
        ),
        *audited(BRANCHES, ROOMS),
    ]
