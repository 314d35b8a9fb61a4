"""A clinic is signed up and gets its schema."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from procrastinate.contrib import django as procrastinate
from psycopg import errors

from clinic.models import Refusal, relayed
from tenants import schemas, versions
from tenants.models import Domain, Organization, PlatformPolicy, ReadySchema


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
        now = timezone.now()
        organization.move("open_organization", trial_ends_at=_end_of_trial(now), status_since=now)
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


def _end_of_trial(begins_at: datetime) -> datetime:
    return begins_at + PlatformPolicy.objects.current().trial


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
        organization.status_since = timezone.now()
        organization.trial_ends_at = _end_of_trial(organization.status_since)
        written = ["status", "status_since", "trial_ends_at", "schema_version"]
        organization.save(using=schemas.OWNER, update_fields=written)
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
