"""The clinic's branches and their rooms: added, changed, retired; and which room a visit is in."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from clinic.models import Refusal, relayed
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, Branch, Room
from scheduling.models.states import HOLDING, Status

HAS_HOURS = _("Doctors still have hours there. Change those first.")
HAS_VISITS = _("There are still visits ahead. Move or cancel those first.")
RETIRED = _("This branch or room is no longer in use.")
# An offer is somebody's to take as it was offered; what is over keeps what it had.
GIVEN_ROOMS = tuple(status for status in HOLDING if status != Status.PROPOSED)


@transaction.atomic
def add_branch(*, by: Member | None, **facts: Any) -> Branch:
    """Open another branch (the fields of Branch). Raises Refusal."""
    return _stored(Branch(**facts))


@transaction.atomic
def update_branch(branch: Branch, *, by: Member | None, **facts: Any) -> Branch:
    """Change what is said of a branch; letters tell it from now on. Raises Refusal."""
    return _changed(branch, facts)


@transaction.atomic
def retire_branch(branch: Branch, *, by: Member | None) -> Branch:
    """Use a branch no longer. Raises Refusal while doctors have hours, or patients visits there."""
    # First of all: who is adding hours or a room here at this moment is waited for, and then seen.
    Branch.objects.locked(branch.pk)
    _refuse_in_use(Q(branch=branch))
    return _changed(branch, {"is_active": False})


@transaction.atomic
def reopen_branch(branch: Branch, *, by: Member | None) -> Branch:
    """Use a branch again."""
    return _changed(branch, {"is_active": True})


@transaction.atomic
def add_room(*, by: Member | None, **facts: Any) -> Room:
    """Add a room (the fields of Room; without a branch, at the main one). Raises Refusal."""
    room = Room(**facts)
    if room.branch and not Branch.objects.locked(room.branch.pk).is_active:
        raise Refusal(RETIRED, "branch")
    return _stored(room)


@transaction.atomic
def update_room(room: Room, *, by: Member | None, **facts: Any) -> Room:
    """Change a room's name or what it is for. Raises Refusal."""
    return _changed(room, facts)


@transaction.atomic
def retire_room(room: Room, *, by: Member | None) -> Room:
    """Use a room no longer. Raises Refusal while doctors have hours, or patients visits in it."""
    # First of all: who is giving it to a visit at this moment is waited for, and then seen.
    Room.objects.locked(room.pk)
    _refuse_in_use(Q(room=room))
    return _changed(room, {"is_active": False})


@transaction.atomic
def reopen_room(room: Room, *, by: Member | None) -> Room:
    """Use a room again."""
    return _changed(room, {"is_active": True})


@transaction.atomic
def assign_room(appointment: Appointment, *, room: Room | None, by: Member | None) -> Appointment:
    """Let a visit take place in a room of its branch, or in none in particular. Raises Refusal.

    Of two who want the room at the same time, the database lets one have it.
    """
    visit: Appointment = Appointment.objects.with_people().locked(appointment.pk)
    if visit.status not in GIVEN_ROOMS:
        raise Refusal(_("Only a visit that is still to take place is given a room."))
    # Not the key: whoever books in this room at the moment points at it, and would be waited for in a ring.
    if room and not Room.objects.select_for_update(no_key=True).get(pk=room.pk).is_active:
        raise Refusal(RETIRED, "room")
    visit.room = room
    try:
        with relayed(Appointment):
            visit.save(update_fields=["room"])
    except Refusal as refusal:
        raise Refusal(refusal.message, "room") from refusal
    return visit


def free_rooms(visit: Appointment) -> list[Room]:
    """The rooms of the visit's branch that nobody else has while it takes place, its own among them."""
    others = Appointment.objects.holding().within(visit.starts_at, visit.ends_at).exclude(pk=visit.pk)
    taken = others.filter(room__isnull=False).values("room")
    return list(Room.objects.active().filter(branch=visit.branch_id).exclude(pk__in=taken))


def _refuse_in_use(there: Q) -> None:
    """Refuse to retire where somebody works or is expected."""
    today, now = timezone.localdate(), timezone.now()
    rules = AvailabilityRule.objects.filter(there).in_force(today)
    if rules.exists() or AvailabilityException.objects.filter(there, ends_at__gt=now).exists():
        raise Refusal(HAS_HOURS)
    if Appointment.objects.filter(there).coming().exists():
        raise Refusal(HAS_VISITS)


def _changed(record: Any, facts: dict[str, Any]) -> Any:
    changed = type(record).objects.locked(record.pk)
    for name, value in facts.items():
        setattr(changed, name, value)
    return _stored(changed)


def _stored(record: Any) -> Any:
    """Save the record; what the model or the database says against it becomes a refusal."""
    record.clean()
    with relayed(type(record)):
        record.save()
    return record
