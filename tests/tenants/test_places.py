"""How far clinics are, and which are the nearest: against known distances, and against measuring them all."""

from itertools import product, starmap
from math import asin, degrees, pi
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.db.current import connection
from tenants.models import Listing, Organization, Place
from tenants.models.places import RADIUS

pytestmark = pytest.mark.django_db

LAGOS = Place(6.4550, 3.3841)
HALF_ROUND = RADIUS * pi
# Parts of a great circle, and a published example: Nashville to Los Angeles, 2887.2599506 km on a sphere of
# 6372.8 km (Rosetta Code, "Haversine formula").
KNOWN = [
    (LAGOS, LAGOS, 0.0),
    (Place(0, 0), Place(0, 180), HALF_ROUND),
    (Place(53.3498, -6.2603), Place(-53.3498, 173.7397), HALF_ROUND),
    (Place(90, 0), Place(-90, 77), HALF_ROUND),
    # Here the squares of the sines come to a hair more than 1.
    (Place(2.5, -179.9), Place(-2.5, 0.1), HALF_ROUND),
    (Place(90, 0), Place(90, 120), 0.0),
    (Place(0, 0), Place(0, 1), HALF_ROUND / 180),
    (Place(0, 179.5), Place(0, -179.5), HALF_ROUND / 180),
    (Place(-16.5, 179.9), Place(-16.5, -179.9), 21.324),
    (Place(36.12, -86.67), Place(33.94, -118.40), 2887.2599506 * RADIUS / 6372.8),
]


@pytest.mark.parametrize(("here", "there", "kilometres"), KNOWN)
def test_known_distances_are_right_both_ways(here: Place, there: Place, kilometres: float, acme: Any) -> None:
    assert here.kilometres_to(there) == pytest.approx(kilometres, abs=0.001)
    assert there.kilometres_to(here) == pytest.approx(kilometres, abs=0.001)
    connection.set_schema_to_public()
    own = Listing.objects.filter(organization=acme)
    own.update(latitude=there.latitude, longitude=there.longitude)
    (row,) = own.annotate(far=here.kilometres())
    assert row.far == pytest.approx(kilometres, abs=0.001)


places = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))


# How long it takes says only how busy the machine is.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(places, places)
def test_no_place_is_further_than_half_round_the_earth(here: Place, there: Place) -> None:
    assert 0 <= here.kilometres_to(there) <= HALF_ROUND + 1e-6
    assert here.kilometres_to(there) == pytest.approx(there.kilometres_to(here), abs=1e-6)


@pytest.mark.parametrize("text", ["", "53", "north,west", "91,0", "0,181", "nan,0", "1,2,3", "inf,0", "\x00"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert Place.read(text) is None


@pytest.fixture
def many() -> list[Listing]:
    """Clinics evenly all over the earth (a Fibonacci spiral), and some on either side of the date line."""
    connection.set_schema_to_public()
    spiral = [(degrees(asin(n / 100)), n * 137.50776 % 360 - 180) for n in range(-100, 101)]
    line = [(2.5 * n, side * (180 - n / 50)) for n in range(-20, 21) for side in (1, -1)]
    facts = {"country": "KE", "currency": "KES", "time_zone": "Africa/Nairobi"}
    rows = [Organization(name=f"Clinic {n}", label=f"far-{n}", **facts) for n in range(len(spiral + line))]
    clinics = Organization.objects.bulk_create(rows)
    listings = [
        Listing(
            organization=clinic, name=clinic.name, latitude=y, longitude=(x + 180) % 360 - 180, is_open=True
        )
        for clinic, (y, x) in zip(clinics, spiral + line, strict=True)
    ]
    return Listing.objects.bulk_create(listings)


def test_the_nearest_are_those_that_measuring_all_of_them_finds(many: list[Listing]) -> None:
    for here in starmap(Place, product((-90, -47, 0, 12.5, 85, 90), (-180, -179, -90, 33, 179.99, 180))):
        far = {row.pk: here.kilometres_to(Place(row.latitude, row.longitude)) for row in many}
        found = list(Listing.objects.filter(pk__in=far).nearest(here, 12))
        assert [row.kilometres for row in found] == pytest.approx(sorted(far.values())[:12], abs=1e-6)


def test_clinics_that_do_not_say_where_they_are_are_not_near() -> None:
    connection.set_schema_to_public()
    Listing.objects.update(latitude=None, longitude=None)
    assert not Listing.objects.nearest(LAGOS, 5)
