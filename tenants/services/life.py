"""What the platform does with a clinic: it lengthens the trial, suspends, reopens, closes.

A trial that is over leaves the clinic read-only by the clock alone (`Organization.is_read_only`); when the
platform's days of grace have passed as well, a job suspends it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import tenant_context

from clinic.audit.models import AuditEvent
from clinic.audit.services import acting, record
from clinic.db.current import connection
from clinic.exports.services import delete_all_exports
from clinic.models import Refusal
from tenants.models import Organization, PlatformPolicy

# What opens a clinic that could only be read.
OPENING = ("activate_organization", "reopen_organization")


@transaction.atomic
def activate_organization(organization: Organization, *, by: Any) -> Organization:
    """End the trial: the clinic has become a customer."""
    return _moved(organization, "activate_organization", by)


@transaction.atomic
def suspend_organization(organization: Organization, *, by: Any) -> Organization:
    """Let staff only read, and close the clinic to booking."""
    return _moved(organization, "suspend_organization", by)


@transaction.atomic
def reopen_organization(organization: Organization, *, by: Any) -> Organization:
    """Take back a suspension."""
    return _moved(organization, "reopen_organization", by)


@transaction.atomic
def close_organization(organization: Organization, *, by: Any) -> Organization:
    """Close the clinic for good. Its records stay where they are; its plan ends.

    Copies of everything go: nobody can fetch them any more, and no job tidies up in a closed clinic.
    """
    with in_clinic_as(organization, by):
        delete_all_exports()
    closed = _moved(organization, "close_organization", by)
    now = timezone.now()
    for subscription in closed.subscriptions.select_for_update().filter(status__in=["requested", "active"]):
        subscription.move(subscription.verbs[-1], ended_at=now)
    return closed


@transaction.atomic
def extend_trial(organization: Organization, *, by: Any, days: int | None = None) -> Organization:
    """Let the trial last `days` longer (its usual length if not given), from its end or from now."""
    organization = Organization.objects.locked(organization.pk)
    if organization.status != Organization.Status.TRIAL:
        raise Refusal(_("This clinic is not on trial."))
    extension = PlatformPolicy.objects.current().trial if days is None else timedelta(days=days)
    now = timezone.now()
    if organization.is_trial_over:
        organization.open_since = now
    organization.trial_ends_at = max(organization.trial_ends_at or now, now) + extension
    with acting_as(by):
        organization.save(update_fields=["trial_ends_at", "open_since"])
    enter_in_trail(organization, "extend_trial", by)
    return organization


@transaction.atomic
def suspend_after_trial(organization: Organization, *, by: Any) -> bool:
    """Suspend the clinic if its days of grace are over; whether they were.

    Asked again under the row's lock: the platform may be lengthening the trial, or a plan beginning.
    """
    organization = Organization.objects.locked(organization.pk)
    grace = PlatformPolicy.objects.current().grace
    ends_at = organization.trial_ends_at
    if not organization.is_trial_over or ends_at is None or ends_at + grace > timezone.now():
        return False
    _moved(organization, "suspend_organization", by)
    return True


def suspend_overdue() -> int:
    """Suspend every clinic whose days of grace are over; how many they were."""
    overdue = Organization.objects.past_grace(timezone.now() - PlatformPolicy.objects.current().grace)
    return sum(suspend_after_trial(organization, by=None) for organization in overdue)


def _moved(organization: Organization, verb: str, by: Any) -> Organization:
    organization = Organization.objects.locked(organization.pk)
    facts = {"status_since": timezone.now()}
    if verb in OPENING and not organization.is_open:
        facts["open_since"] = facts["status_since"]
    with acting_as(by):
        organization.move(verb, **facts)
    enter_in_trail(organization, verb, by)
    return organization


def enter_in_trail(organization: Organization, verb: str, by: Any) -> None:
    """Let the clinic's own trail say what the platform did to it."""
    with in_clinic_as(organization, by):
        enter_own_step(verb, organization)


def enter_own_step(verb: str, row: models.Model) -> None:
    """Let the trail say what the clinic in whose schema we are did with a row of its own in `public`.

    Those rows are the platform's, which no trigger of the clinic's trail watches.
    """
    record(AuditEvent.Action.UPDATE, row._meta.db_table, row.pk, reason=verb)


@contextmanager
def acting_as(user: Any) -> Iterator[None]:
    """Run the block as the platform's `user`; as whoever acts already if there is none."""
    who = {"actor_id": str(user.pk), "actor": _("%(user)s (platform)") % {"user": user}} if user else {}
    with acting({**connection.audit_context, **who}):
        yield


@contextmanager
def in_clinic_as(organization: Organization, user: Any) -> Iterator[None]:
    """Work in the clinic's schema, in its trail as the platform's `user`."""
    with tenant_context(organization), acting_as(user), transaction.atomic():
        yield
        with connection.cursor() as cursor:
            # Entries are written when their triggers fire: now, while the actor is still the one named here.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
