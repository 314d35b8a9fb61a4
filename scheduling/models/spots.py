"""The branches and rooms in use as one list to choose from: of hours, of the day, of the calendar."""

from typing import Any, NamedTuple, Self
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from scheduling.models.branches import Branch, Room, branch_key


class Spot(NamedTuple):
    """A branch, or a room in it, as one choice."""

    key: str
    label: Any
    branch: Branch | None = None
    room: Room | None = None


class Places(NamedTuple):
    """The branches and the rooms in use, as one list to choose from."""

    branches: list[Branch]
    rooms: list[Room]

    @classmethod
    def load(cls) -> Self:
        """Two statements; where a page has none to spare, `along` and `of` take none."""
        return cls(list(Branch.objects.active()), list(Room.objects.active()))

    @classmethod
    def of(cls, doctors: list[Any]) -> Self:
        """What was asked along with the doctors."""
        if not doctors:
            return cls([], [])
        branches = [Branch(id=UUID(row["id"]), name=row["name"]) for row in doctors[0].all_branches]
        rooms = [
            Room(id=UUID(row["id"]), name=row["name"], branch_id=_key(row["branch"]))
            for row in doctors[0].all_rooms
        ]
        return cls(branches, rooms)

    @property
    def groups(self) -> list[tuple[Any, list[Spot]]]:
        """The main branch and the others, each with its rooms; nothing where there is no choice."""
        if not (self.branches or self.rooms):
            return []
        whole = _("Any room") if self.rooms else _("The whole branch")
        everywhere: list[tuple[Any, Branch | None]] = [(_("Main branch"), None)]
        everywhere += [(branch.name, branch) for branch in self.branches]
        return [
            (label, [Spot(branch_key(branch.pk if branch else None), whole, branch), *self._rooms_of(branch)])
            for label, branch in everywhere
        ]

    def _rooms_of(self, branch: Branch | None) -> list[Spot]:
        own = (room for room in self.rooms if room.branch_id == (branch and branch.pk))
        return [Spot(str(room.pk), room.name, branch, room) for room in own]

    def spot(self, key: str | None) -> Spot | None:
        """The choice that an address or a form names."""
        spots = (spot for _label, spots in self.groups for spot in spots)
        return next((spot for spot in spots if spot.key == key), None)


def _key(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def along() -> dict[str, Subquery]:
    """What to ask along with the doctors, so that it takes no statement of its own (Places.of)."""
    branches = Branch.objects.active().order_by("name")
    rooms = Room.objects.active().order_by("name")
    return {
        "all_branches": ArraySubquery(branches.values(row=JSONObject(id="id", name="name"))),
        "all_rooms": ArraySubquery(rooms.values(row=JSONObject(id="id", name="name", branch="branch_id"))),
    }
