"""Clinics and superusers for the tests of tenancy."""

from itertools import count
from typing import Any

from accounts.models import User
from tenants.models import Organization
from tenants.services import provision_organization
from tests.people import PASSWORD, with_factor

numbers = count(1)

FACTS = {"country": "KE", "currency": "KES", "time_zone": "Africa/Nairobi", "locale": "en_KE"}


def signed_up(**facts: Any) -> Organization:
    """A clinic signed up just now; on trial only when a schema was ready."""
    number = next(numbers)
    return provision_organization(
        **{"by": None, "name": f"Clinic {number}", "label": f"clinic-{number}", **FACTS, **facts}
    )


def superuser() -> User:
    """Somebody who runs the platform."""
    return with_factor(User.objects.create_superuser(f"root{next(numbers)}@platform.example", PASSWORD))
