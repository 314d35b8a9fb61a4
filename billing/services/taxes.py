"""The taxes lines may bear, and how the clinic writes its invoices."""

from typing import Any

from django.db import transaction

from accounts.members.models import Member
from billing.models import BillingPolicy, TaxRate
from clinic.models import relayed


@transaction.atomic
def add_tax_rate(*, by: Member | None, **facts: Any) -> TaxRate:
    """Let lines bear another tax (`name`, `percent`). Raises Refusal."""
    return _stored(TaxRate(**facts))


@transaction.atomic
def update_tax_rate(tax_rate: TaxRate, *, by: Member | None, **facts: Any) -> TaxRate:
    """Change a tax; lines already written keep the one they copied. Raises Refusal."""
    changed = TaxRate.objects.locked(tax_rate.pk)
    for name, value in facts.items():
        setattr(changed, name, value)
    return _stored(changed)


@transaction.atomic
def retire_tax_rate(tax_rate: TaxRate, *, by: Member | None) -> TaxRate:
    """Offer a tax no longer. Raises Refusal while new lines bear it by themselves."""
    return update_tax_rate(tax_rate, by=by, is_active=False)


@transaction.atomic
def restore_tax_rate(tax_rate: TaxRate, *, by: Member | None) -> TaxRate:
    """Offer a tax again."""
    return update_tax_rate(tax_rate, by=by, is_active=True)


@transaction.atomic
def update_billing_policy(*, by: Member | None, **rules: Any) -> BillingPolicy:
    """Change how the clinic writes its invoices (the fields of BillingPolicy). Raises Refusal.

    Drafts that are there already keep the prices they were drafted with, with or without the tax in them.
    """
    BillingPolicy.objects.insert_unless_taken(BillingPolicy())
    policy = BillingPolicy.objects.select_for_update().get()
    for name, value in rules.items():
        setattr(policy, name, value)
    return _stored(policy)


def _stored(record: Any) -> Any:
    """Save the record; what the database says against it becomes a refusal."""
    with relayed(type(record)):
        record.save()
    return record
