"""Where patients are seen: the clinic's own address, its other branches, and the rooms in each.

The main branch is the clinic itself: its name, address and coordinates stand in the clinic's settings, once,
and what happens there names no branch. So a clinic with one address has no rows here and pays nothing.
"""

import datetime
import json
from decimal import Decimal
from typing import ClassVar, Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.db.current import connection
from clinic.models import Entity, EntityQuerySet
from tenants.models.places import BOTH_COORDINATES, Place, coordinate, on_the_earth

# The main branch in addresses and forms, where the others stand with their keys.
MAIN = "main"


def branch_key(branch_id: UUID | None) -> str:
    """A branch as addresses and forms name it."""
    return str(branch_id) if branch_id else MAIN


class InUse(EntityQuerySet):
    """Words for what can be retired."""

    def active(self) -> Self:
        """What is in use."""
        return self.filter(is_active=True)


class Branch(Entity):
    """A place of the clinic besides its own address (FHIR Location; in source documents a facility).

    Its clocks are the clinic's.
    """

    name = models.CharField(
        _("name"),
        max_length=80,
        unique=True,
        error_messages={"unique": _("There is already a branch with this name.")},
    )
    address = models.CharField(_("street and town"), max_length=300)
    latitude = coordinate(_("latitude"), 90)
    longitude = coordinate(_("longitude"), 180)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar = InUse.as_manager()

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""),
                name="branch_name",
                violation_error_message=_("Give the branch a name."),
            ),
            models.CheckConstraint(
                condition=~Q(address=""),
                name="branch_address",
                violation_error_message=_("Say where the branch is: patients must find it."),
            ),
            on_the_earth("branch_place"),
        )

    def __str__(self) -> str:
        return self.name

    @classmethod
    def main(cls) -> Self:
        """The clinic's own address as a branch; it is never stored."""
        clinic = connection.tenant
        return cls(
            id=None,
            name=str(_("Main branch")),
            address=clinic.address,
            latitude=clinic.latitude,
            longitude=clinic.longitude,
            phone=clinic.phone,
        )

    @classmethod
    def read(cls, row: str | None) -> Self | None:
        """The branch that a statement names as JSON, so that it need not be asked for once more."""
        if row is None:
            return None
        facts = json.loads(row, parse_float=Decimal, parse_int=Decimal)
        facts["created_at"] = datetime.datetime.fromisoformat(facts["created_at"])
        facts["id"] = UUID(facts["id"])
        names = [field.attname for field in cls._meta.concrete_fields]
        # As it was read, not as a new one that would be stored.
        return cls.from_db(connection.alias, names, [facts[name] for name in names])

    def clean(self) -> None:
        """Of the coordinates there are both or none."""
        if (self.latitude is None) != (self.longitude is None):
            missing = "latitude" if self.latitude is None else "longitude"
            raise ValidationError({missing: BOTH_COORDINATES})

    @property
    def key(self) -> str:
        """As addresses and forms name it."""
        return branch_key(self.pk)

    @property
    def place(self) -> Place | None:
        """Where it is on the earth, if that is known."""
        if self.latitude is None or self.longitude is None:
            return None
        return Place(float(self.latitude), float(self.longitude))

    @property
    def where(self) -> str:
        """Its name and its address on one line."""
        return f"{self.name}, {self.address}" if self.address else self.name


class Room(Entity):
    """A room in which one visit takes place at a time."""

    branch = models.ForeignKey(
        Branch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="rooms",
        verbose_name=_("branch"),
        help_text=_("Empty: the main branch."),
    )
    name = models.CharField(_("name"), max_length=80)
    purpose = models.CharField(
        _("what for"), max_length=200, blank=True, help_text=_("For example: consultations, ultrasound.")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar = InUse.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""), name="room_name", violation_error_message=_("Give the room a name.")
            ),
            models.UniqueConstraint(
                fields=["branch", "name"],
                nulls_distinct=False,
                name="room_name_in_branch",
                violation_error_message=_("This branch already has a room with this name."),
            ),
        )

    def __str__(self) -> str:
        return self.name
