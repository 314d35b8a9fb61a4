"""The life of a clinic: its verbs, what the database lets through, what its trail says."""

from datetime import timedelta
from importlib import import_module
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from clinic.audit.models import AuditEvent
from clinic.db.current import connection
from clinic.models import Refusal
from tenants import services
from tenants.models import Organization
from tests.databases import undone
from tests.tenants.factories import superuser

pytestmark = pytest.mark.django_db

STATUSES = Organization.Status.values


@pytest.fixture(autouse=True)
def on_platform(in_acme: None) -> None:
    connection.set_schema_to_public()


def test_the_trigger_knows_the_same_table_as_the_model() -> None:
    rules = import_module("tenants.migrations.0002_rules")
    assert list(rules.PAIRS) == Organization.TRANSITIONS.pairs()


def test_the_database_lets_only_the_table_through(acme: Any) -> None:
    paths = {
        "trial": [],
        "active": ["active"],
        "suspended": ["suspended"],
        "closed": ["suspended", "closed"],
    }
    for status, target in product(paths, STATUSES):
        if status == target:
            continue
        with undone():
            for step in paths[status]:
                Organization.objects.filter(pk=acme.pk).update(status=step)
            passed = passes(acme, target)
        assert passed == ((status, target) in Organization.TRANSITIONS.pairs()), (status, target)


def passes(clinic: Any, status: str) -> bool:
    try:
        with transaction.atomic():
            Organization.objects.filter(pk=clinic.pk).update(status=status)
    except DatabaseError:
        return False
    return True


def test_from_trial_to_the_end(acme: Any) -> None:
    root = superuser()
    for service, status in (
        (services.activate_organization, "active"),
        (services.suspend_organization, "suspended"),
        (services.reopen_organization, "active"),
        (services.suspend_organization, "suspended"),
        (services.close_organization, "closed"),
    ):
        acme = service(acme, by=root)
        assert acme.status == status
    with pytest.raises(Refusal):
        services.reopen_organization(acme, by=root)
    with tenant_context(acme):
        told = AuditEvent.objects.filter(table_name="tenants_organization", actor_id=str(root.pk))
        said = list(told.values_list("reason", "actor_id"))
    assert len(said) == 5
    assert said[0] == ("close_organization", str(root.pk))


def test_an_old_copy_of_the_clinic_moves_nothing(acme: Any) -> None:
    services.suspend_organization(acme, by=None)
    assert acme.status == "trial"
    with pytest.raises(Refusal):
        services.activate_organization(acme, by=None)


def test_a_trial_is_extended_from_its_end_or_from_now(acme: Any) -> None:
    end = acme.trial_ends_at
    assert services.extend_trial(acme, by=None, days=10).trial_ends_at == end + timedelta(days=10)
    Organization.objects.filter(pk=acme.pk).update(trial_ends_at=timezone.now() - timedelta(days=50))
    extended = services.extend_trial(acme, by=None, days=10).trial_ends_at
    assert abs(extended - timezone.now() - timedelta(days=10)) < timedelta(minutes=1)


def test_only_a_trial_is_extended(acme: Any) -> None:
    services.activate_organization(acme, by=None)
    with pytest.raises(Refusal):
        services.extend_trial(acme, by=None)
