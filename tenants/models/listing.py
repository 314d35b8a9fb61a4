"""The public directory of clinics: what anybody may know of them."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from clinic.models import Entity, EntityQuerySet
from tenants.models.domain import absolute_url
from tenants.models.organization import Organization
from tenants.models.places import Place


class ListingQuerySet(EntityQuerySet):
    """Words for looking for a clinic."""

    def shown(self) -> "ListingQuerySet":
        """Those of clinics that take bookings; not after a trial that is over."""
        return self.filter(Q(open_until__isnull=True) | Q(open_until__gt=timezone.now()), is_open=True)

    def found_by(self, words: str) -> "ListingQuerySet":
        """Those whose name, host, address or specialisations hold each of the words."""
        found = self
        for word in words.split():
            columns = ("name", "host", "address", "specialisations")
            found = found.filter(Q(*((f"{column}__icontains", word) for column in columns), _connector=Q.OR))
        return found

    def free_until(self, moment: datetime) -> "ListingQuerySet":
        """Those with a free time from now to then, the soonest first."""
        return self.filter(next_free_at__range=(timezone.now(), moment)).order_by("next_free_at", "id")

    def by_name(self) -> "ListingQuerySet":
        """In the order of the alphabet."""
        return self.order_by("name", "id")

    def nearest(self, place: Place, most: int) -> "ListingQuerySet":
        """The `most` nearest to `place`, each with its `kilometres`, nearest first.

        A flat map's guess comes from the index; no true neighbour is further than the furthest guessed one,
        so that only those around are measured.
        """
        measured = self.filter(latitude__isnull=False).annotate(kilometres=place.kilometres())
        guessed = measured.order_by(place.apart()).values_list("kilometres", flat=True)[:most]
        around = measured.filter(place.within(max(guessed, default=0)))
        return around.order_by("kilometres", "id")[:most]


class Listing(Entity):
    """A verified clinic's entry in the directory, whole in itself: looking for a clinic joins nothing.

    What stands in the clinic's own row the database copies (migration 0003), and puts in and takes out the
    entry with the verification. The clinic adds what it offers and when.
    """

    organization = models.OneToOneField(
        Organization, models.PROTECT, related_name="listing", verbose_name=_("clinic")
    )
    name = models.CharField(_("name"), max_length=120)
    host = models.CharField(_("host name"), max_length=253)
    address = models.CharField(_("street and town"), max_length=300, blank=True)
    country = CountryField(_("country"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    is_open = models.BooleanField(_("takes bookings"))
    # When a trial ends, so do the bookings.
    open_until = models.DateTimeField(_("takes bookings until"), null=True, blank=True)
    specialisations = models.TextField(_("specialisations"), blank=True, default="")
    next_free_at = models.DateTimeField(_("next free time"), null=True, blank=True)
    refreshed_at = models.DateTimeField(_("last told"), null=True, blank=True)

    objects: ClassVar = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the directory")
        verbose_name_plural = _("entries of the directory")
        ordering = ("name", "id")
        indexes = (
            # And the order on a flat map that `Place.apart` asks for: listing_on_the_map (migration 0003).
            models.Index(fields=["latitude", "longitude"], name="listing_where"),
            models.Index(fields=["next_free_at", "id"], name="listing_next_free"),
            models.Index(fields=["name", "id"], name="listing_name"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The clinic's own pages."""
        return absolute_url(self.host)

    @property
    def is_free(self) -> bool:
        """Whether its next free time is still to come."""
        return self.next_free_at is not None and self.next_free_at > timezone.now()
