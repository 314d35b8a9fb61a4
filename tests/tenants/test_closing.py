"""A clinic that wants to be closed: days to think again, then sealed; dropped only if its name is typed."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.members.roles import Role
from accounts.members.services import tell_of_life
from accounts.models import Affiliation
from clinic.exports import services as services_of_exports
from clinic.exports.models import Export
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from tenants import jobs, services
from tenants.models import Listing, Organization, OrganizationEvent, PlatformPolicy
from tests.conftest import ClinicClient
from tests.databases import rows
from tests.people import StaffFactory, with_login
from tests.tenants.factories import superuser


def stored(organization: Any) -> Organization:
    with schema_context("public"):
        return Organization.objects.get(pk=organization.pk)


def sealed(organization: Any) -> int:
    with schema_context("public"):
        return services.seal_overdue()


@pytest.mark.django_db
def test_a_clinic_that_wants_to_be_closed_is_only_read_and_may_think_again(
    acme: Any, client_for: Callable[..., ClinicClient]
) -> None:
    admin = with_login(StaffFactory(role=Role.ADMIN))
    with_login(StaffFactory(role=Role.ADMIN))
    client = client_for(admin)
    assert client.send("/settings/closing/", {"name": "Another clinic"}).status_code == 200
    assert stored(acme).closing_since is None
    assert client.send("/settings/closing/", {"name": acme.name}).status_code == 302
    assert stored(acme).is_read_only
    assert Export.objects.of_clinic().get().asked_by == admin
    assert Listing.objects.get(organization=acme).is_open is False
    assert client.send("/patients/new/", {"given_name": "A"}).status_code == 403
    assert "is being closed" in client.get("/patients/").content.decode()
    assert client.get("/moving/out/").status_code == 200
    connection.set_tenant(stored(acme))
    assert (tell_of_life(), tell_of_life()) == (2, 0)
    assert OutboxMessage.objects.filter(kind="clinic_closing").count() == 2
    assert client.send("/settings/closing/keep/").status_code == 302
    assert stored(acme).is_open
    assert Listing.objects.get(organization=acme).is_open


@pytest.mark.django_db
def test_it_is_sealed_when_its_days_are_over_and_not_before(acme: Any, beta: Any) -> None:
    services.close_clinic(acme, by=None, name=acme.name)
    days = PlatformPolicy.objects.current().closing
    with time_machine.travel(timezone.now() + days - timedelta(minutes=5)):
        assert sealed(acme) == 0
    with time_machine.travel(timezone.now() + days + timedelta(minutes=5)):
        assert sealed(acme) == 1
    assert stored(acme).status == "closed"
    assert stored(beta).is_open
    assert rows("SELECT count(*) FROM members_member")


@pytest.mark.django_db
def test_no_copy_of_everything_lies_about_in_a_closed_clinic(
    acme: Any, django_capture_on_commit_callbacks: Any
) -> None:
    export = services_of_exports.ask_for_clinic(by=None)
    services_of_exports.make_export(export.pk)
    assert Export.objects.get(pk=export.pk).is_there
    path = export.path
    with schema_context("public"), django_capture_on_commit_callbacks(execute=True):
        services.suspend_organization(acme, by=None)
        assert path.exists()
        services.close_organization(acme, by=None)
    assert not path.exists()
    assert Export.objects.get(pk=export.pk).status == "expired"


@pytest.mark.django_db
def test_a_clinic_cannot_say_that_it_asked_long_ago(acme: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Organization.objects.update(closing_since=timezone.now() - timedelta(days=400))
    for column in ("drop_asked_at", "dropped_at"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Organization.objects.update(**{column: timezone.now()})


@pytest.mark.django_db
def test_only_a_closed_clinic_is_dropped_by_a_superuser_who_types_its_name(acme: Any) -> None:
    with schema_context("public"):
        root = superuser()
        with pytest.raises(Refusal):
            services.drop_clinic(acme, by=root, name=acme.name, without_backup=True)
        services.suspend_organization(acme, by=root)
        services.close_organization(acme, by=root)
        for name, without_backup in (("Another", True), (acme.name, False)):
            with pytest.raises(Refusal):
                services.drop_clinic(acme, by=root, name=name, without_backup=without_backup)
        assert stored(acme).drop_asked_at is None
        with pytest.raises(DatabaseError), transaction.atomic():
            Organization.objects.filter(pk=acme.pk).update(dropped_at=timezone.now())
        root.is_superuser = False
        with pytest.raises(Refusal):
            services.drop_clinic(acme, by=root, name=acme.name, without_backup=True)


def test_dropping_takes_schema_files_and_places_and_nothing_of_others(
    committed: None, acme: Any, beta: Any
) -> None:
    member = with_login(StaffFactory(role=Role.ADMIN))
    moving = Path(settings.DATA_DIR) / "moving"
    folders = [Path(root) / acme.schema_name for root in (settings.MEDIA_ROOT, settings.EXPORT_ROOT, moving)]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    with schema_context("public"):
        root = superuser()
        jobs.drop_clinic.func(str(acme.pk))
        assert rows("SELECT 1 FROM pg_namespace WHERE nspname = %s", acme.schema_name)
        services.suspend_organization(acme, by=root)
        services.close_organization(acme, by=root)
        services.drop_clinic(acme, by=root, name=acme.name, without_backup=True)
        jobs.drop_clinic.func(str(acme.pk))
        jobs.drop_clinic.func(str(acme.pk))
        assert not rows("SELECT 1 FROM pg_namespace WHERE nspname = %s", acme.schema_name)
        assert not Affiliation.objects.filter(user_id=member.user_id).exists()
        gone = Organization.objects.get(pk=acme.pk)
        assert gone.dropped_at
        event = OrganizationEvent.objects.filter(organization=acme).first()
        assert "everything dropped" in event.actor
        assert [folder for folder in folders if folder.exists()] == []
        assert acme.schema_name not in Organization.objects.kept().values_list("schema_name", flat=True)
    with tenant_context(beta):
        assert rows("SELECT count(*) FROM members_member")
