"""What people do with payers and policies. Each is one transaction."""

from typing import Any

from django.db import transaction

from accounts.members.models import Member, PatientProfile
from billing.insurance.models import Payer, Policy
from clinic.db.current import connection
from clinic.models import relayed
from clinic.money import digits_of

# What of a policy may be changed: whose it is and with whom stays.
CHANGEABLE = (
    "member_number",
    "valid_from",
    "valid_until",
    "percent",
    "fixed",
    "maximum",
    "priority",
)


@transaction.atomic
def add_payer(*, by: Member | None, name: str, number: str = "", contact: str = "") -> Payer:
    """Write down somebody who pays for patients. Raises Refusal."""
    payer = Payer(name=name.strip(), number=number.strip(), contact=contact.strip())
    with relayed(Payer):
        payer.save(force_insert=True)
    return payer


@transaction.atomic
def update_payer(payer: Payer, *, by: Member | None, name: str, number: str = "", contact: str = "") -> Payer:
    """Change how the payer is called and reached. Raises Refusal."""
    changed = Payer.objects.locked(payer.pk)
    changed.name, changed.number, changed.contact = name.strip(), number.strip(), contact.strip()
    with relayed(Payer):
        changed.save(update_fields=["name", "number", "contact"])
    return changed


@transaction.atomic
def retire_payer(payer: Payer, *, by: Member | None) -> Payer:
    """Use the payer no longer: its policies cover nothing new, what it was asked for goes on."""
    return _used(payer, is_active=False)


@transaction.atomic
def restore_payer(payer: Payer, *, by: Member | None) -> Payer:
    """Use the payer again."""
    return _used(payer, is_active=True)


def _used(payer: Payer, *, is_active: bool) -> Payer:
    payer = Payer.objects.locked(payer.pk)
    payer.is_active = is_active
    payer.save(update_fields=["is_active"])
    return payer


@transaction.atomic
def add_policy(patient: PatientProfile, *, by: Member | None, payer: Payer, **facts: Any) -> Policy:
    """Write down what a payer covers for the patient: a percentage, or a fixed amount. Raises Refusal."""
    currency = connection.tenant.currency
    policy = Policy(patient=patient, payer=payer, currency=currency, digits=digits_of(currency))
    return _stored(policy, facts)


@transaction.atomic
def update_policy(policy: Policy, *, by: Member | None, **facts: Any) -> Policy:
    """Change what the policy covers, or until when; claims stay as they were made. Raises Refusal."""
    return _stored(Policy.objects.locked(policy.pk), facts)


def _stored(policy: Policy, facts: dict[str, Any]) -> Policy:
    for name in CHANGEABLE:
        if name in facts:
            setattr(policy, name, facts[name])
    policy.member_number = policy.member_number.strip()
    with relayed(Policy):
        policy.save()
    return policy
