"""The clinic's rules for booking."""

from typing import Any

from django.db import transaction

from accounts.members.models import Member
from clinic.models import relayed
from scheduling.models import BookingPolicy


@transaction.atomic
def update_booking_policy(*, by: Member | None, **rules: Any) -> BookingPolicy:
    """Change the clinic's rules for booking (the fields of BookingPolicy). Raises Refusal.

    What is booked already stays as it is.
    """
    policy = locked_policy()
    for name, value in rules.items():
        setattr(policy, name, value)
    with relayed(BookingPolicy):
        policy.save(update_fields=list(rules))
    return policy


def locked_policy() -> BookingPolicy:
    """The clinic's one row of rules, locked until the transaction ends; made where there is none yet."""
    BookingPolicy.objects.insert_unless_taken(BookingPolicy())
    return BookingPolicy.objects.select_for_update().get()
