"""Places on the earth, and how far clinics are from them.

Distances are great circles on a sphere of the earth's mean radius (IUGG: R1 = 6371.0088 km), by the haversine
formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope, 1984): right for equal points and, as
rounding is kept within the domain of the arc sine, for antipodes. A surveyor's distance differs by
up to 0.6 %, for the earth is flattened.
"""

from math import asin, cos, degrees, pi, radians, sin, sqrt
from typing import Any, NamedTuple, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import CheckConstraint, DecimalField, F, FloatField, Func, Q, Value
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt
from django.utils.translation import gettext_lazy as _

RADIUS = 6371.0088
FURTHEST = RADIUS * pi
# Rounding of coordinates must not leave out a clinic at the very edge.
SLACK = 1e-6
BOTH_COORDINATES = _("Give both coordinates or neither.")


def coordinate(label: Any, most: int) -> DecimalField:
    """A coordinate in degrees (WGS 84), to the nearest decimetre or so, between -`most` and `most`."""
    return DecimalField(
        label,
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-most), MaxValueValidator(most)],
    )


def on_the_earth(name: str) -> CheckConstraint:
    """The row's latitude and longitude are both there and possible, or both missing."""
    return CheckConstraint(
        condition=Q(latitude__isnull=True, longitude__isnull=True)
        | Q(
            latitude__isnull=False,
            longitude__isnull=False,
            latitude__range=(-90, 90),
            longitude__range=(-180, 180),
        ),
        name=name,
        violation_error_message=BOTH_COORDINATES,
    )


class Place(NamedTuple):
    """A point on the earth, in degrees."""

    latitude: float
    longitude: float

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What "53.34,-6.26" means; None when it is no place on the earth."""
        try:
            latitude, longitude = (float(part) for part in text.split(","))
        except ValueError:
            return None
        return cls(latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None

    def kilometres_to(self, other: "Place") -> float:
        """How far it is to `other`."""
        north, east = radians(other.latitude - self.latitude), radians(other.longitude - self.longitude)
        both = cos(radians(self.latitude)) * cos(radians(other.latitude))
        return 2 * RADIUS * asin(sqrt(min(1, sin(north / 2) ** 2 + both * sin(east / 2) ** 2)))

    def kilometres(self) -> Any:
        """SQL: the same, to the row's `latitude` and `longitude`."""
        latitude, longitude = F("latitude"), F("longitude")
        north = Power(Sin(Radians(latitude - self.latitude) / 2), 2)
        east = Power(Sin(Radians(longitude - self.longitude) / 2), 2)
        chord = north + Cos(Radians(latitude)) * cos(radians(self.latitude)) * east
        return 2 * RADIUS * ASin(Sqrt(Least(Value(1.0), chord)))

    def apart(self) -> Any:
        """SQL: how far the row is on a flat map, which the index can sort by. Only a first guess."""
        row, here = _point(F("longitude"), F("latitude")), _point(Value(self.longitude), Value(self.latitude))
        between = "%(expressions)s"
        return Func(row, here, template=between, arg_joiner=" <-> ", output_field=FloatField())

    def within(self, kilometres: float) -> Q:
        """The rows in the rectangle of the map around all that is so near, date line and poles minded.

        The extreme longitudes of a circle on a sphere: asin(sin(angle) / cos(latitude)).
        """
        angle = min(kilometres, FURTHEST) / RADIUS
        height = degrees(angle) + SLACK
        south, north = self.latitude - height, self.latitude + height
        if south <= -90 or north >= 90:
            return _box(-180, south, 180, north)
        width = degrees(asin(min(1, sin(angle) / cos(radians(self.latitude))))) + SLACK
        west, east = self.longitude - width, self.longitude + width
        found = _box(max(west, -180), south, min(east, 180), north)
        if west < -180:
            found |= _box(west + 360, south, 180, north)
        if east > 180:
            found |= _box(-180, south, east - 360, north)
        return found


def _box(west: float, south: float, east: float, north: float) -> Q:
    return Q(latitude__range=(south, north), longitude__range=(west, east))


def _point(x: Any, y: Any) -> Func:
    return Func(x, y, function="point", output_field=FloatField())
