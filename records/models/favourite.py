"""What a doctor prescribes again and again: a line or a whole sheet, kept under a name."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member
from clinic.models import Entity, EntityQuerySet
from records.models.item import MedicineLine


class FavouriteQuerySet(EntityQuerySet):
    """Words for favourites."""

    def of(self, member: Member) -> Self:
        """One doctor's own (a profile's key is its member's key), with their lines, by name."""
        return self.filter(doctor_id=member.pk).prefetch_related("items")


class Favourite(Entity):
    """Lines that a doctor puts on a sheet with one click. No patient is in it."""

    doctor = models.ForeignKey(
        DoctorProfile, models.PROTECT, related_name="favourites", db_index=False, verbose_name=_("doctor")
    )
    name = models.CharField(_("name"), max_length=100)
    notes = models.TextField(_("notes for the patient"), blank=True, max_length=2000)

    objects = FavouriteQuerySet.as_manager()

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""),
                name="favourite_has_name",
                violation_error_message=_("Give the favourite a name."),
            ),
            models.UniqueConstraint(
                fields=["doctor", "name"],
                name="favourite_of_doctor",
                violation_error_message=_("You have a favourite of this name already."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class FavouriteItem(MedicineLine, Entity):
    """One line of a favourite."""

    favourite = models.ForeignKey(
        Favourite, models.PROTECT, related_name="items", db_index=False, verbose_name=_("favourite")
    )
    position = models.PositiveSmallIntegerField(_("position"), editable=False)

    class Meta:
        verbose_name = _("line of a favourite")
        verbose_name_plural = _("lines of favourites")
        ordering = ("position",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(medicine=""),
                name="favourite_item_medicine",
                violation_error_message=_("Name the medicine."),
            ),
            models.UniqueConstraint(fields=["favourite", "position"], name="favourite_item_position"),
        )
