"""What clinics pay for: chosen by their administrators, begun by the platform."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import get_public_schema_name

from clinic.db.current import connection
from clinic.models import Refusal, relayed
from tenants.models import Organization, Plan, Subscription
from tenants.services.life import activate_organization, enter_in_trail, reopen_organization

# What a plan's beginning does to a clinic in this state.
BEGINNINGS = {
    Organization.Status.TRIAL: activate_organization,
    Organization.Status.SUSPENDED: reopen_organization,
}


@transaction.atomic
def choose_plan(organization: Organization, *, by: Any, plan: Plan, doctors: int = 0) -> Subscription:
    """Ask the platform for this plan, at the price it has now; it begins when the platform says so.

    What was asked for before and has not begun is taken back. `doctors` is how many the clinic has.
    """
    if organization.status not in Organization.SERVED:
        raise Refusal(_("This clinic has no pages at present."))
    if plan.most_doctors is not None and doctors > plan.most_doctors:
        raise Refusal(
            _("You have %(doctors)s doctors, and this plan is for %(most)s.")
            % {"doctors": doctors, "most": plan.most_doctors}
        )
    now = timezone.now()
    for former in organization.subscriptions.select_for_update().filter(status="requested"):
        former.move("withdraw_plan", ended_at=now)
    chosen = Subscription(
        organization=organization, plan=plan, chosen_at=now, chosen_by=str(by or "")[:200], **plan.terms
    )
    with relayed(Subscription):
        chosen.save(force_insert=True)
    _enter_in_trail(organization, "choose_plan", by)
    return chosen


@transaction.atomic
def withdraw_plan(subscription: Subscription, *, by: Any) -> Subscription:
    """Take back what was chosen, as long as it has not begun."""
    withdrawn: Subscription = Subscription.objects.locked(subscription.pk)
    withdrawn.move("withdraw_plan", ended_at=timezone.now())
    _enter_in_trail(withdrawn.organization, "withdraw_plan", by)
    return withdrawn


@transaction.atomic
def activate_plan(subscription: Subscription, *, by: Any) -> Subscription:
    """Let the plan begin: the clinic is open from now on, and its former plan ends."""
    organization = Organization.objects.locked(subscription.organization_id)
    begun: Subscription = Subscription.objects.locked(subscription.pk)
    now = timezone.now()
    for former in organization.subscriptions.select_for_update().filter(status="active"):
        former.move("end_plan", ended_at=now)
    begun.move("activate_plan", started_at=now)
    begin = BEGINNINGS.get(organization.status)
    if begin:
        begin(organization, by=by)
    _enter_in_trail(organization, "activate_plan", by)
    return begun


@transaction.atomic
def end_plan(subscription: Subscription, *, by: Any) -> Subscription:
    """End the plan; what becomes of the clinic is decided beside it."""
    ended: Subscription = Subscription.objects.locked(subscription.pk)
    ended.move("end_plan", ended_at=timezone.now())
    _enter_in_trail(ended.organization, "end_plan", by)
    return ended


@transaction.atomic
def retire_plan(plan: Plan, *, by: Any) -> Plan:
    """Offer the plan no longer. Whoever has it keeps it."""
    return _offered(plan, retired_at=timezone.now())


@transaction.atomic
def restore_plan(plan: Plan, *, by: Any) -> Plan:
    """Offer the plan again."""
    return _offered(plan, retired_at=None)


def _offered(plan: Plan, *, retired_at: Any) -> Plan:
    found: Plan = Plan.objects.locked(plan.pk)
    if bool(found.retired_at) == bool(retired_at):
        raise Refusal(_("This has been done already."))
    found.retired_at = retired_at
    with relayed(Plan):
        found.save(update_fields=["retired_at"])
    return found


def _enter_in_trail(organization: Organization, verb: str, by: Any) -> None:
    """In the clinic its own member acts, and the trail knows who; elsewhere the platform's user."""
    is_platform = connection.schema_name == get_public_schema_name()
    enter_in_trail(organization, verb, by if is_platform else None)
