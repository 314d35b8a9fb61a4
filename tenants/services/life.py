"""What the platform does with a clinic: it lengthens the trial, suspends, reopens, closes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import tenant_context

from clinic.audit.models import AuditEvent
from clinic.audit.services import acting, record
from clinic.db.current import connection
from clinic.models import Refusal
from tenants.models import Organization


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
    """Close the clinic for good. Its records stay where they are."""
    return _moved(organization, "close_organization", by)


@transaction.atomic
def extend_trial(organization: Organization, *, by: Any, days: int | None = None) -> Organization:
    """Let the trial last `days` longer (its usual length if not given), from its end or from now."""
    organization = Organization.objects.locked(organization.pk)
    if organization.status != Organization.Status.TRIAL:
        raise Refusal(_("This clinic is not on trial."))
    extension = timedelta(days=settings.TRIAL_DAYS if days is None else days)
    now = timezone.now()
    organization.trial_ends_at = max(organization.trial_ends_at or now, now) + extension
    organization.save(update_fields=["trial_ends_at"])
    enter_in_trail(organization, "extend_trial", by)
    return organization


def _moved(organization: Organization, verb: str, by: Any) -> Organization:
    organization = Organization.objects.locked(organization.pk)
    organization.move(verb)
    enter_in_trail(organization, verb, by)
    return organization


def enter_in_trail(organization: Organization, verb: str, by: Any) -> None:
    """Let the clinic's own trail say what the platform did to it."""
    with in_clinic_as(organization, by):
        record(AuditEvent.Action.UPDATE, Organization._meta.db_table, organization.pk, reason=verb)


@contextmanager
def in_clinic_as(organization: Organization, user: Any) -> Iterator[None]:
    """Work in the clinic's schema, in its trail as the platform's `user`."""
    who = {"actor_id": str(user.pk), "actor": _("%(user)s (platform)") % {"user": user}} if user else {}
    with tenant_context(organization), acting({**connection.audit_context, **who}), transaction.atomic():
        yield
        with connection.cursor() as cursor:
            # Entries are written when their triggers fire: now, while the actor is still the one named here.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
