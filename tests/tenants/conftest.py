"""What tests of the life of clinics stand on."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from clinic.db.current import connection
from tenants.models import Organization
from tenants.services import fill_ready_schemas, provision_organization
from tests.databases import CLINICS


@pytest.fixture
def own(committed: None, in_acme: None) -> Iterator[Organization]:
    """A clinic of this database alone, entered: while one is restored its role, which all databases of the
    server share, is taken from the site.
    """
    connection.set_schema_to_public()
    fill_ready_schemas(1)
    ways = {**CLINICS[0], "name": "Own Clinic", "label": "own"}
    organization = provision_organization(by=None, email="desk@own.example", **ways)
    with tenant_context(organization), timezone.override(ZoneInfo(organization.time_zone)):
        yield organization
