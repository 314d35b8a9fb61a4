"""What the demo's platform offers to clinics, and what each of them has agreed to."""

from typing import NamedTuple

from accounts.models import User
from tenants.models import Organization, Plan
from tenants.services import activate_plan, choose_plan


class Offer(NamedTuple):
    """A plan, its price a month in each currency."""

    name: str
    most_doctors: int | None
    prices: dict[str, int]
    text: str


OFFERS = (
    Offer("Surgery", 2, {"EUR": 49, "NGN": 35_000}, "Booking, front desk, records\nInvoices and books"),
    Offer("Practice", 12, {"EUR": 149, "NGN": 95_000}, "All of Surgery\nBranches and rooms\nOnline payments"),
    Offer("Hospital", None, {"EUR": 390, "NGN": 260_000}, "All of Practice\nOwn address\nA person to call"),
)
# Every clinic of the demo has this one.
AGREED = "Practice"


def offer_plans(currency: str) -> None:
    """Offer what there is in this currency, unless it is offered."""
    for offer in OFFERS:
        terms = {"most_doctors": offer.most_doctors, "text": offer.text, "price": offer.prices[currency]}
        Plan.objects.get_or_create(name=offer.name, currency=currency, defaults=terms)


def agree(clinic: Organization, by: User) -> Organization:
    """The clinic's trial ends well: it has chosen a plan, and the platform lets it begin."""
    offer_plans(clinic.currency)
    plan = Plan.objects.get(name=AGREED, currency=clinic.currency)
    activate_plan(choose_plan(clinic, by=by, plan=plan), by=by)
    return Organization.objects.get(pk=clinic.pk)
