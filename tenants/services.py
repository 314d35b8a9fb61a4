"""What is done with a clinic: it is signed up, opened, suspended, closed; support visits it."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import tenant_context
from procrastinate.contrib import django as procrastinate
from psycopg import errors

from clinic.audit.models import AuditEvent
from clinic.audit.services import acting, record
from clinic.models import Refusal, relayed
from tenants import schemas, versions
from tenants.models import Domain, Organization, ReadySchema, SupportSession

# How long a superuser's visit lasts (DESIGN section 5, law 8).
SUPPORT_MINUTES = 60


class SchemaExists(Exception):
    """A schema or role of the clinic's name is there, and not ours to take over (law 5)."""


@transaction.atomic
def provision_organization(
    *, by: AbstractBaseUser | None, name: str, label: str, **facts: Any
) -> Organization:
    """Sign up a clinic at <label>.<platform>: on trial at once if a schema was ready.

    Otherwise it is left `provisioning` and the worker makes the schema (`finish_provisioning`).
    `facts`: country, currency, time_zone, locale, and where known email, phone, address, latitude, longitude,
    brand_colour. Raises Refusal, beside its field, for what cannot be.
    """
    organization = Organization(name=name.strip(), label=label, founder_id=by.pk if by else None, **facts)
    _refuse_bad_facts(organization)
    ready = _claim_ready_schema()
    if ready:
        organization.schema_name, organization.schema_version = ready
    with relayed(Organization):
        organization.save(force_insert=True)
    with relayed(Domain):
        Domain(domain=f"{label}.{settings.PLATFORM_DOMAIN}", tenant=organization, is_primary=True).save()
    if ready:
        organization.move("open_organization", trial_ends_at=_end_of_trial())
    else:
        _ask_worker(organization)
    return organization


def _refuse_bad_facts(organization: Organization) -> None:
    try:
        organization.clean_fields()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Refusal(sentences[0], field) from error


def _claim_ready_schema() -> tuple[str, int] | None:
    """Take one schema that is ready for this code; two claimers never get the same."""
    ready = (
        ReadySchema.objects.select_for_update(skip_locked=True)
        .filter(schema_version__gte=versions.needed())
        .order_by("created_at")
        .first()
    )
    if ready is None:
        return None
    ready.delete()
    return ready.schema_name, ready.schema_version


def _ask_worker(organization: Organization) -> None:
    # By name: jobs.py imports this module.
    procrastinate.app.configure_task("tenants.finish_provisioning").defer(
        organization_id=str(organization.pk)
    )


def _end_of_trial() -> Any:
    return timezone.now() + timedelta(days=settings.TRIAL_DAYS)


def finish_provisioning(organization_id: UUID | str) -> bool:
    """Make the schema of a clinic that waits for one and open it, in one transaction of the owner.

    May be asked for again and again, and be killed at any moment: there is either all or nothing. Answers
    whether there was anything to do. Raises SchemaExists rather than take over what is there.
    """
    with transaction.atomic(using=schemas.OWNER):
        organization = Organization.objects.using(schemas.OWNER).locked(organization_id)
        if organization.status != Organization.Status.PROVISIONING:
            return False
        try:
            organization.schema_version = schemas.create_schema(organization.schema_name)
        except DatabaseError as error:
            if isinstance(error.__cause__, (errors.DuplicateSchema, errors.DuplicateObject)):
                raise SchemaExists(organization.schema_name) from error
            raise
        organization.status = Organization.TRANSITIONS.target("open_organization", organization.status)
        organization.trial_ends_at = _end_of_trial()
        organization.save(using=schemas.OWNER, update_fields=["status", "trial_ends_at", "schema_version"])
    return True


def waiting_organizations() -> list[UUID]:
    """The clinics that wait for their schema, first come first served."""
    waiting = Organization.objects.filter(status=Organization.Status.PROVISIONING)
    return list(waiting.order_by("created_at").values_list("pk", flat=True))


def fill_ready_schemas(count: int) -> int:
    """Make schemas until `count` are ready for this code, one transaction each; answer how many were made."""
    made = 0
    ready = ReadySchema.objects.using(schemas.OWNER).filter(schema_version__gte=versions.needed())
    for _missing in range(count - ready.count()):
        with transaction.atomic(using=schemas.OWNER):
            fresh = ReadySchema(schema_version=0)
            fresh.schema_version = schemas.create_schema(fresh.schema_name)
            fresh.save(using=schemas.OWNER, force_insert=True)
        made += 1
    return made


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
    organization.trial_ends_at = max(organization.trial_ends_at, timezone.now()) + extension
    organization.save(update_fields=["trial_ends_at"])
    _enter_in_trail(organization, "extend_trial", by)
    return organization


def _moved(organization: Organization, verb: str, by: Any) -> Organization:
    organization = Organization.objects.locked(organization.pk)
    organization.move(verb)
    _enter_in_trail(organization, verb, by)
    return organization


def _enter_in_trail(organization: Organization, verb: str, by: Any) -> None:
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


@transaction.atomic
def start_support_session(organization: Organization, *, by: Any, reason: str) -> tuple[SupportSession, str]:
    """Let a superuser visit the clinic for an hour; answer the visit and the one-time token that begins it.

    The clinic's trail says at once who comes and why.
    """
    if not reason.strip():
        raise Refusal(_("Say why you enter this clinic."), "reason")
    if organization.status not in Organization.SERVED:
        raise Refusal(_("This clinic is not served at present."))
    now = timezone.now()
    token = secrets.token_urlsafe(32)
    visit = SupportSession(
        user_id=by.pk,
        organization=organization,
        reason=reason.strip(),
        started_at=now,
        expires_at=now + timedelta(minutes=SUPPORT_MINUTES),
        token_hash=_hash(token),
    )
    with relayed(SupportSession):
        visit.save(force_insert=True)
    with in_clinic_as(organization, by):
        record(AuditEvent.Action.ENTER, SupportSession._meta.db_table, visit.pk, reason=visit.reason)
    return visit, token


def redeem_support_token(organization: Organization, token: str) -> SupportSession | None:
    """The running visit that the token begins, once; None when it begins nothing (any more)."""
    with transaction.atomic():
        visit = (
            SupportSession.objects.select_for_update()
            .filter(organization=organization, token_hash=_hash(token))
            .first()
        )
        if visit is None or not visit.is_running:
            return None
        visit.token_hash = ""
        visit.save(update_fields=["token_hash"])
    return visit


def end_support_session(visit: SupportSession) -> None:
    """End the visit now."""
    SupportSession.objects.filter(pk=visit.pk, ended_at=None).update(ended_at=timezone.now(), token_hash="")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
