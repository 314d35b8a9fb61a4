"""Where a visit takes place: its branch and its room."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.db.current import connection
from scheduling.models.branches import Branch, Room
from scheduling.models.ranges import KeyRange, TimeRange

ROOM_TAKEN = _("The room is taken at this time. Choose another one.")
# Of the visits at the main branch, and of those without a room, nothing is kept here.
PLACE_INDEXES = (
    models.Index(
        fields=["branch", "starts_at"], name="appointment_branch_day", condition=Q(branch__isnull=False)
    ),
    models.Index(fields=["room", "starts_at"], name="appointment_room_day", condition=Q(room__isnull=False)),
)


def place_of_visit(model: type[models.Model], label: Any) -> models.ForeignKey:
    """A branch or a room; its index leaves out where there is none."""
    return models.ForeignKey(
        model,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="appointments",
        verbose_name=label,
    )


def room_of_one_visit(holding: Iterable[str]) -> ExclusionConstraint:
    """No two visits that hold their time are in one room at once.

    The pause after a visit is the doctor's: the room is free when the visit ends.
    """
    return ExclusionConstraint(
        name="appointment_room_overlap",
        expressions=[(KeyRange("room"), "&&"), (TimeRange("starts_at", "ends_at"), "&&")],
        condition=Q(status__in=holding, room__isnull=False),
        violation_error_message=ROOM_TAKEN,
    )


class Placed(models.Model):
    """What has a branch (none is the main one), which it keeps, and perhaps a room, which may change."""

    branch = place_of_visit(Branch, _("branch"))
    room = place_of_visit(Room, _("room"))

    class Meta:
        abstract = True

    @property
    def address(self) -> str:
        """Where the patient comes to: the branch with its address, or the clinic's own address."""
        return self.branch.where if self.branch else connection.tenant.address
