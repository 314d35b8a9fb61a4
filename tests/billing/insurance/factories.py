"""Policies for the tests, made by the services that make them in life."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.members.models import PatientProfile
from billing.insurance.models import Payer, Policy
from billing.insurance.services import add_payer, add_policy
from tests.people import PatientFactory


def a_payer(name: str = "Hygeia") -> Payer:
    return Payer.objects.filter(name=name).first() or add_payer(by=None, name=name)


def insured(
    percent: str | None = "80", *, patient: PatientProfile | None = None, payer: str = "Hygeia", **facts: Any
) -> Policy:
    """A policy that has been valid for long: of 80 percent, unless told otherwise."""
    known = {"member_number": "M-7", "valid_from": date(2020, 1, 1), **facts}
    share = None if percent is None else Decimal(percent)
    return add_policy(patient or PatientFactory(), by=None, payer=a_payer(payer), percent=share, **known)
