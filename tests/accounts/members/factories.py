"""Staff with an e-mail address, and who runs the platform."""

from typing import Any

import factory
from django_tenants.utils import schema_context

from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.models import User
from tests import people


class StaffFactory(people.StaffFactory):
    email = factory.Sequence(lambda number: f"bola{number}@example.com")


class DoctorFactory(people.DoctorFactory):
    email = factory.Sequence(lambda number: f"doctor{number}@example.com")


def a_superuser(email: str = "root@example.com", **facts: Any) -> User:
    """Who runs the platform; only the platform can make one."""
    with schema_context("public"):
        return people.with_factor(people.a_user(email, is_superuser=True, **facts))


def member_in(role: str) -> Member:
    """A member in `role` who can sign in."""
    if role == Role.PATIENT:
        return people.with_login(people.PatientFactory().member)
    return people.with_login(DoctorFactory() if role == Role.DOCTOR else StaffFactory(role=role))
