"""Law 4: schema names are generated, labels are plain and not somebody else's."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clinic.db.current import connection
from clinic.models import Refusal
from tenants import services
from tenants.models import Domain, Organization, generated_schema_name
from tests.tenants.factories import FACTS, signed_up

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_platform() -> None:
    connection.set_schema_to_public()


def stored(**facts: Any) -> bool:
    """Whether the database takes the row, with no model's opinion asked."""
    row = Organization(name="A", **{"label": "a-name", **FACTS, **facts})
    try:
        with transaction.atomic():
            Organization.objects.bulk_create([row])
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize(
    "name", ["../beta", "information_schema", "public", "pg_x", "t_12", "T_0123456789ABCDEF", "acme"]
)
def test_no_schema_name_but_a_generated_one_can_be_stored(name: str) -> None:
    assert not stored(schema_name=name)


def test_generated_names_are_fine_and_differ() -> None:
    names = {generated_schema_name() for _number in range(200)}
    assert len(names) == 200
    assert all(len(name) == 18 for name in names)
    assert stored()


@pytest.mark.parametrize(
    "label",
    [
        "",
        "a",
        "A",
        "Acme",
        "1acme",
        "-acme",
        "acme-",
        "ac me",
        "acme.b",
        "xn--acme-x",
        "ab--cd",
        "www",
        "admin",
        "a" * 33,
        "é",
    ],
)
def test_no_bad_label(label: str) -> None:
    assert not stored(label=label[:32]) or len(label) > 32
    with pytest.raises(Refusal) as refusal:
        signed_up(label=label)
    assert refusal.value.field == "label"


@pytest.mark.parametrize("label", ["ab", "acme2", "st-mary", "a" * 32])
def test_good_labels(label: str) -> None:
    assert stored(label=label)


def test_a_label_is_taken_once() -> None:
    with pytest.raises(Refusal) as refusal:
        signed_up(label="beta")
    assert refusal.value.field == "label"
    assert "already" in str(refusal.value.message)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "XXZ"),
        ("time_zone", "Mars/Base"),
        ("locale", "tlh_KX"),
        ("country", ""),
        ("brand_colour", "red"),
    ],
)
def test_facts_that_mean_nothing_are_refused(field: str, value: str) -> None:
    with pytest.raises(Refusal):
        signed_up(**{field: value})


def test_half_a_place_cannot_be_stored() -> None:
    assert not stored(latitude=6)
    assert stored(latitude=6, longitude=3)


@pytest.mark.parametrize(
    "host", ["Acme.example.org", "acme.example.org.", "acme.example.org:8000", "a b", "-a.org", ""]
)
def test_no_host_name_but_a_normal_one_can_be_stored(host: str, acme: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Domain.objects.bulk_create([Domain(domain=host, tenant=acme, is_primary=False)])


def test_a_clinic_has_one_primary_host(acme: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Domain.objects.bulk_create([Domain(domain="acme.example.org", tenant=acme, is_primary=True)])
    Domain(domain="acme.example.org", tenant=acme, is_primary=True).save()
    assert list(acme.domains.filter(is_primary=True).values_list("domain", flat=True)) == ["acme.example.org"]


def test_a_clinic_is_never_deleted(acme: Any) -> None:
    with pytest.raises(Refusal):
        acme.delete()
    with (
        pytest.raises(Exception, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM tenants_organization")


def test_all_services_are_there() -> None:
    for row in Organization.TRANSITIONS.rows:
        assert row.verb == "open_organization" or callable(getattr(services, row.verb))
