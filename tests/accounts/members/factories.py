"""People to test with, made by the services that make them in life."""

import datetime
from typing import Any

import factory
from django_tenants.utils import schema_context

from accounts.members.models import Member, PatientProfile
from accounts.members.roles import Role
from accounts.members.services import register_patient, register_staff
from accounts.models import User
from accounts.services import affiliate_here, verify_email

PASSWORD = "three calm green horses"


class PatientFactory(factory.Factory):
    class Meta:
        model = PatientProfile

    given_name = factory.Sequence(lambda number: f"Ada{number}")
    family_name = "Obi"
    date_of_birth = datetime.date(1980, 5, 12)

    @classmethod
    def _create(cls, model: Any, **facts: Any) -> PatientProfile:
        return register_patient(by=None, **facts)


class StaffFactory(factory.Factory):
    class Meta:
        model = Member

    role = Role.RECEPTIONIST
    given_name = factory.Sequence(lambda number: f"Bola{number}")
    family_name = "Ade"
    email = factory.Sequence(lambda number: f"bola{number}@example.com")

    @classmethod
    def _create(cls, model: Any, **facts: Any) -> Member:
        return register_staff(by=None, **facts)


class DoctorFactory(StaffFactory):
    role = Role.DOCTOR
    specialisation = "Family medicine"
    licence_number = factory.Sequence(lambda number: f"L-{number}")


def a_user(email: str, **facts: Any) -> User:
    """A log-in whose e-mail is confirmed."""
    user = User.objects.create_user(email, PASSWORD, **facts)
    verify_email(user)
    return user


def a_superuser(email: str = "root@example.com", **facts: Any) -> User:
    """Who runs the platform; only the platform can make one."""
    with schema_context("public"):
        return a_user(email, is_superuser=True, **facts)


def with_login(member: Member, user: User | None = None) -> Member:
    """The member, able to sign in."""
    member.user = user or a_user(f"{member.pk}@people.example")
    member.save(update_fields=["user"])
    affiliate_here(member.user)
    return member


def member_in(role: str) -> Member:
    """A member in `role` who can sign in."""
    if role == Role.PATIENT:
        return with_login(PatientFactory().member)
    return with_login(DoctorFactory() if role == Role.DOCTOR else StaffFactory(role=role))
