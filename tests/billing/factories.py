"""People and invoices for the tests of billing, made by the services that make them in life."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from accounts.members.models import Member, PatientProfile
from accounts.members.roles import Role
from accounts.members.services import register_patient, register_staff
from accounts.models import User
from accounts.services import affiliate_here, verify_email
from billing import services
from billing.models import Invoice, Payment
from billing.services.invoices import Charge


class PatientFactory(factory.Factory):
    class Meta:
        model = PatientProfile

    given_name = factory.Sequence(lambda number: f"Ada{number}")
    family_name = "Obi"

    @classmethod
    def _create(cls, model: Any, **facts: Any) -> PatientProfile:
        return register_patient(by=None, **facts)


class StaffFactory(factory.Factory):
    class Meta:
        model = Member

    role = Role.RECEPTIONIST
    given_name = factory.Sequence(lambda number: f"Bola{number}")
    family_name = "Ade"

    @classmethod
    def _create(cls, model: Any, **facts: Any) -> Member:
        return register_staff(by=None, **facts)


class DoctorFactory(StaffFactory):
    role = Role.DOCTOR
    specialisation = "Family medicine"
    licence_number = factory.Sequence(lambda number: f"L-{number}")
    consultation_fee = Decimal(18000)


def with_login(member: Member) -> Member:
    """The member, able to sign in."""
    user = User.objects.create_user(f"{member.pk}@people.example", "a long password for tests")
    verify_email(user)
    affiliate_here(user)
    member.user = user
    member.save(update_fields=["user"])
    return member


def charges(*prices: str, quantity: str = "1") -> list[Charge]:
    return [Charge(f"Thing {price}", Decimal(quantity), Decimal(price)) for price in prices]


def draft(*prices: str, patient: PatientProfile | None = None) -> Invoice:
    invoice = services.draft_invoice(by=None, patient=patient or PatientFactory())
    return services.update_invoice(invoice, by=None, lines=charges(*prices)) if prices else invoice


def issued(*prices: str, patient: PatientProfile | None = None) -> Invoice:
    invoice = draft(*(prices or ("100",)), patient=patient)
    return services.issue_invoice(invoice, by=None, due_on=timezone.localdate() + timedelta(days=14))


def pay(invoice: Invoice, amount: str, key: str = "", **facts: Any) -> Payment:
    key = key or f"key-{invoice.pk.hex[-8:]}-{amount}"
    return services.record_payment(invoice, by=None, key=key, amount=Decimal(amount), **facts)
