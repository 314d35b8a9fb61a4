"""Log-ins: one per e-mail, never deleted, opening nothing by themselves."""

import pytest
from django.db import IntegrityError, transaction

from accounts import services
from accounts.models import Affiliation, User
from clinic.db.current import connection
from clinic.models import Refusal
from tests.accounts.members.factories import a_superuser
from tests.people import a_user

pytestmark = pytest.mark.django_db


def test_an_email_is_kept_in_small_letters() -> None:
    assert User.objects.create_user(" Ada@Example.COM ", "x").email == "ada@example.com"


def test_two_logins_cannot_differ_in_capitals_only() -> None:
    a_user("ada@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="Ada@example.com", password="!")])
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ADA@example.com", "x")


def test_a_login_is_never_deleted() -> None:
    user = a_user("ada@example.com")
    with pytest.raises(Refusal):
        user.delete()
    with pytest.raises(Refusal):
        User.objects.filter(pk=user.pk).delete()


def test_running_the_platform_opens_no_clinic() -> None:
    user = a_superuser()
    assert not user.has_perm("members.administer")
    assert not user.is_staff
    connection.set_schema_to_public()
    assert user.has_perm("tenants.suspend_organization")
    assert user.is_staff


def test_a_closed_login_may_nothing() -> None:
    user = a_superuser(is_active=False)
    connection.set_schema_to_public()
    assert not user.has_perm("tenants.suspend_organization")


def test_anonymising_takes_the_person_out_and_keeps_the_key() -> None:
    user = a_user("ada@example.com", name="Ada Obi")
    services.anonymise_user(user, by=None)
    user.refresh_from_db()
    assert "ada" not in user.email
    assert user.name == ""
    assert not user.is_active
    assert not user.has_usable_password()
    assert not services.has_verified(user)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=True)


def test_a_clinic_cannot_make_anybody_run_the_platform() -> None:
    user = a_user("ada@example.com")
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_superuser=True)


def test_nobody_closes_their_own_login() -> None:
    user = a_superuser()
    with pytest.raises(Refusal):
        services.deactivate_user(user, by=user)
    with pytest.raises(Refusal):
        services.anonymise_user(user, by=user)


def test_a_clinic_notes_an_affiliation_and_cannot_read_any() -> None:
    user = a_user("ada@example.com")
    services.affiliate_here(user)
    services.affiliate_here(user)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Affiliation.objects.count()
    connection.set_schema_to_public()
    assert Affiliation.objects.filter(user_id=user.pk).count() == 1
