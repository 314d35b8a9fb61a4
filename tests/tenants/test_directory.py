"""The public directory: only clinics the platform vouches for, found by what people need."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from clinic.db.current import connection
from clinic.models import Refusal
from scheduling.jobs import tell_directory
from scheduling.models import next_free
from tenants import services
from tenants.models import Domain, Listing, Organization, ReadySchema
from tests.scheduling.factories import doctor_with_hours
from tests.tenants.factories import signed_up, superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(anonymous: Callable) -> Any:
    connection.set_schema_to_public()
    return anonymous()


def found(platform: Any, **asked: str) -> list[str]:
    """The names that the page lists, in its order."""
    page = platform.get("/clinics/", asked).content.decode()
    at = {name: page.find(name) for name in ("Acme Family Clinic", "Beta Health")}
    return sorted((name for name in at if at[name] >= 0), key=at.__getitem__)


def listing(clinic: Organization, **told: Any) -> None:
    Listing.objects.filter(organization=clinic).update(**told)


def test_only_verified_clinics_are_in_the_directory(platform: Any, acme: Any) -> None:
    assert found(platform) == ["Acme Family Clinic", "Beta Health"]
    services.withdraw_verification(acme, by=None)
    assert found(platform) == ["Beta Health"]
    services.verify_organization(acme, by=None, papers="Licence 7")
    assert found(platform) == ["Acme Family Clinic", "Beta Health"]


def test_a_clinic_that_was_not_verified_still_takes_bookings_at_its_own_address(
    acme: Any, anonymous: Callable
) -> None:
    connection.set_schema_to_public()
    services.withdraw_verification(acme, by=None)
    with tenant_context(acme):
        assert anonymous(acme).get("/book/").status_code == 200


def test_verifying_twice_or_nothing_is_refused(acme: Any) -> None:
    connection.set_schema_to_public()
    with pytest.raises(Refusal, match="already"):
        services.verify_organization(acme, by=None, papers="Licence 7")
    services.withdraw_verification(acme, by=None)
    with pytest.raises(Refusal, match="not verified"):
        services.withdraw_verification(acme, by=None)
    with pytest.raises(Refusal, match="papers"), transaction.atomic():
        services.verify_organization(acme, by=None, papers=" ")


def test_a_clinic_that_is_being_set_up_is_not_verified_yet() -> None:
    connection.set_schema_to_public()
    ReadySchema.objects.all().delete()
    with pytest.raises(Refusal, match="being set up"):
        services.verify_organization(signed_up(), by=None, papers="Licence 7")


def test_the_database_knows_no_verification_without_papers(acme: Any) -> None:
    connection.set_schema_to_public()
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(pk=acme.pk).update(verified_papers="")


def test_who_says_where_they_are_gets_the_nearest_clinic_first(platform: Any, acme: Any, beta: Any) -> None:
    listing(acme, latitude=53.35, longitude=-6.26)
    listing(beta, latitude=6.45, longitude=3.38)
    assert found(platform, near="6.40,3.38") == ["Beta Health", "Acme Family Clinic"]
    assert "5.6 km from you" in platform.get("/clinics/", {"near": "6.40,3.38"}).content.decode()
    assert found(platform, near="6.40,3.38", q="acme") == ["Acme Family Clinic"]


@pytest.mark.parametrize("near", ["here", "91,0", "\x00", "nan,nan", "1" * 31])
def test_a_place_that_is_none_is_not_heard(near: str, platform: Any) -> None:
    page = platform.get("/clinics/", {"near": near}).content.decode()
    assert "Acme Family Clinic" in page
    assert "km from you" not in page


def test_who_is_in_a_hurry_gets_the_soonest_first(platform: Any, acme: Any, beta: Any) -> None:
    now = timezone.now()
    listing(acme, next_free_at=now + timedelta(days=2))
    listing(beta, next_free_at=now + timedelta(hours=5))
    assert found(platform, free="3") == ["Beta Health", "Acme Family Clinic"]
    listing(acme, next_free_at=now + timedelta(days=5))
    assert found(platform, free="3") == ["Beta Health"]
    assert found(platform, free="7") == ["Beta Health", "Acme Family Clinic"]
    listing(beta, next_free_at=now - timedelta(minutes=1))
    assert found(platform, free="7") == ["Acme Family Clinic"]


def test_the_clinic_tells_the_directory_what_it_offers_and_when(platform: Any, acme: Any) -> None:
    with tenant_context(acme):
        doctor = doctor_with_hours(specialisation="Paediatrics")
        hidden = doctor_with_hours(specialisation="Surgery", is_bookable=False)
        soonest = next_free([doctor.pk])[doctor.pk].starts_at
    tell_directory(0)
    told = Listing.objects.get(organization=acme)
    assert told.specialisations == "Paediatrics"
    assert hidden.specialisation not in told.specialisations
    assert told.next_free_at == soonest
    assert found(platform, q="paediatrics acme") == ["Acme Family Clinic"]


def test_the_entry_says_what_the_clinics_own_row_says(platform: Any, acme: Any) -> None:
    entry = Listing.objects.get(organization=acme)
    assert (entry.name, entry.host, entry.is_open) == (acme.name, acme.host(), True)
    acme.name, acme.address, acme.latitude, acme.longitude = "Acme West", "1 Road", "6.447800", "3.472300"
    acme.save()
    entry.refresh_from_db()
    assert (entry.name, entry.address) == ("Acme West", "1 Road")
    assert (entry.latitude, entry.longitude) == (6.4478, 3.4723)
    services.suspend_organization(acme, by=None)
    assert list(Listing.objects.shown().values_list("name", flat=True)) == ["Beta Health"]
    services.reopen_organization(acme, by=None)
    assert Listing.objects.shown().count() == 2
    Domain.objects.filter(tenant=acme, is_primary=True).update(domain="acme.example")
    assert Listing.objects.shown().get(organization=acme).host == "acme.example"


def test_no_clinic_tells_of_another(acme: Any, beta: Any) -> None:
    with tenant_context(acme):
        services.tell_directory(beta, specialisations=["Free beer"], next_free_at=None)
        with pytest.raises(ProgrammingError), transaction.atomic():
            Listing.objects.filter(organization=acme).update(name="The best clinic")
    connection.set_schema_to_public()
    assert Listing.objects.get(organization=beta).specialisations == ""


def test_the_platform_verifies_in_its_administration(anonymous: Callable, acme: Any) -> None:
    connection.set_schema_to_public()
    services.withdraw_verification(acme, by=None)
    root, office = superuser(), anonymous()
    office.force_login(root, "allauth.account.auth_backends.AuthenticationBackend")
    path = f"/admin/tenants/organization/{acme.pk}/verify/"
    assert "Papers seen" in office.get(path).content.decode()
    assert office.send(path, {"papers": ""}).status_code == 200
    office.send(path, {"papers": "Licence 44, until 2027"})
    acme.refresh_from_db()
    assert (acme.verified_papers, acme.verified_by_id) == ("Licence 44, until 2027", root.pk)
    action = {"action": "withdraw_verification", "_selected_action": str(acme.pk)}
    office.send("/admin/tenants/organization/", action)
    acme.refresh_from_db()
    assert acme.verified_at is None
