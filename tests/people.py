"""People for the tests, made by the services that make them in life."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from allauth.mfa.models import Authenticator
from django_tenants.utils import schema_context

from accounts.members.models import Member, PatientProfile
from accounts.members.roles import Role
from accounts.members.services import register_patient, register_staff
from accounts.models import User
from accounts.services import affiliate_here, verify_email

PASSWORD = "a long password for tests"


class PatientFactory(factory.Factory):
    """A patient who has been registered at the desk."""

    class Meta:
        model = PatientProfile

    given_name = factory.Sequence(lambda number: f"Ada{number}")
    family_name = "Obi"
    date_of_birth = date(1984, 3, 9)

    @classmethod
    def _create(cls, model: Any, **facts: Any) -> PatientProfile:
        return register_patient(by=None, **facts)


class StaffFactory(factory.Factory):
    """A member of staff, a receptionist unless told otherwise."""

    class Meta:
        model = Member

    role = Role.RECEPTIONIST
    given_name = factory.Sequence(lambda number: f"Bola{number}")
    family_name = "Ade"

    @classmethod
    def _create(cls, model: Any, **facts: Any) -> Member:
        return register_staff(by=None, **facts)


class DoctorFactory(StaffFactory):
    """A member who is a doctor."""

    role = Role.DOCTOR
    specialisation = "Family medicine"
    licence_number = factory.Sequence(lambda number: f"L-{number}")
    consultation_fee = Decimal(18000)


def a_user(email: str, **facts: Any) -> User:
    """A log-in whose e-mail is confirmed."""
    user = User.objects.create_user(email, PASSWORD, **facts)
    verify_email(user)
    return user


def with_factor(user: User) -> User:
    """The log-in with an authenticator app, which nobody has: its sessions are begun by `force_login`."""
    # As the site: a clinic may not touch the factors of who runs the platform.
    with schema_context("public"):
        app = Authenticator(user=user, type=Authenticator.Type.TOTP, data={})
        Authenticator.objects.bulk_create([app], ignore_conflicts=True)
    return user


def with_login(member: Member, email: str = "", user: User | None = None) -> Member:
    """The member, able to sign in with PASSWORD: by `email`, or as a `user` who is known already."""
    member.user = user or a_user(email or f"{member.pk}@people.example")
    member.save(update_fields=["user"])
    affiliate_here(member.user)
    return member
