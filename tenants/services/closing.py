"""Closing a clinic that wants it: days to think again, then sealed; dropped only if its name is typed."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from clinic.db import roles
from clinic.exports.services import ask_for_clinic
from clinic.models import Refusal
from tenants import schemas
from tenants.backup.standing import as_the_site, end_as_owner, owner_cursor
from tenants.backup.swapping import drop_files, drop_schema
from tenants.models import Backup, Organization, OrganizationEvent, PlatformPolicy, Restore
from tenants.services.life import acting_as, close_organization, enter_own_step, suspend_organization


@transaction.atomic
def close_clinic(organization: Organization, *, by: Any, name: str) -> Organization:
    """The clinic wants to be closed: from now on it is only read, until it is sealed or thinks again."""
    organization = Organization.objects.locked(organization.pk)
    if organization.closing_since is not None:
        raise Refusal(_("This was asked for already."))
    _refuse_other_name(organization, name)
    # One that is under way already will do.
    with suppress(Refusal):
        ask_for_clinic(by=by)
    return _asked(organization, "close_clinic", closing_since=timezone.now())


@transaction.atomic
def keep_clinic(organization: Organization, *, by: Any) -> Organization:
    """The clinic has thought again, and goes on where it stopped."""
    organization = Organization.objects.locked(organization.pk)
    if not organization.is_closing:
        raise Refusal(_("Nobody has asked to close this clinic."))
    return _asked(organization, "keep_clinic", closing_since=None)


def _refuse_other_name(organization: Organization, name: str) -> None:
    if name.strip() != organization.name:
        told = {"name": organization.name}
        raise Refusal(_("Type the clinic's name as it is written: %(name)s") % told, "name")


def _asked(organization: Organization, verb: str, closing_since: Any) -> Organization:
    organization.closing_since = closing_since
    organization.save(update_fields=["closing_since"])
    enter_own_step(verb, organization)
    return organization


def seal_overdue() -> int:
    """Close every clinic whose days to think again are over; how many they were."""
    limit = timezone.now() - PlatformPolicy.objects.current().closing
    overdue = Organization.objects.closing().filter(closing_since__lte=limit)
    return sum(_sealed(organization, limit) for organization in overdue)


@transaction.atomic
def _sealed(organization: Organization, limit: Any) -> bool:
    """Asked again under the row's lock: the clinic may have thought again."""
    organization = Organization.objects.locked(organization.pk)
    if organization.closing_since is None or organization.closing_since > limit:
        return False
    if not organization.is_suspended:
        suspend_organization(organization, by=None)
    close_organization(organization, by=None)
    return True


@transaction.atomic
def drop_clinic(
    organization: Organization, *, by: Any, name: str, without_backup: bool = False
) -> Organization:
    """Have everything of a closed clinic dropped, for good. Raises Refusal unless its name was typed.

    There must be a backup that was made after it was closed, unless whoever asks says there need be none.
    """
    organization = Organization.objects.locked(organization.pk)
    if not by.is_superuser:
        raise Refusal(_("Only who runs the platform drops a clinic."))
    if organization.status != Organization.Status.CLOSED:
        raise Refusal(_("Only a closed clinic is dropped."))
    if organization.drop_asked_at is not None:
        raise Refusal(_("This was asked for already."))
    _refuse_other_name(organization, name)
    made = Backup.objects.filter(
        organization=organization, status="ready", ended_at__gte=organization.status_since
    )
    if not without_backup and not made.exists():
        raise Refusal(_("Make a backup of the closed clinic first, or say that none is needed."))
    organization.drop_asked_at, organization.drop_asked_by_id = timezone.now(), by.pk
    with acting_as(by):
        organization.save(update_fields=["drop_asked_at", "drop_asked_by_id"])
    app.configure_task("tenants.drop_clinic").defer(organization_id=str(organization.pk))
    return organization


def carry_out_drop(organization_id: UUID | str) -> None:
    """In the worker: the schema, the files, and that people had a place there.

    The clinic's own row stays, with what became of it; and its role, which may nothing any more: a copy of
    this database on the same server may still use it.
    """
    affiliations = apps.get_model("accounts", "Affiliation")
    users = apps.get_model("accounts", "User")
    with transaction.atomic(using=schemas.OWNER), as_the_site():
        organization = Organization.objects.locked(organization_id)
        if organization.drop_asked_at is None or organization.dropped_at is not None:
            return
        affiliations.objects.filter(organization=organization).delete()
        organization.dropped_at = timezone.now()
        organization.save(update_fields=["dropped_at"])
        who = users.objects.get(pk=organization.drop_asked_by_id)
        OrganizationEvent.objects.create(
            organization=organization,
            at=organization.dropped_at,
            former=organization.status,
            status=organization.status,
            actor=_("%(user)s (platform): everything dropped") % {"user": who},
        )
        roles.run(owner_cursor(), "DROP SCHEMA {} CASCADE", organization.schema_name)
        kept = _drop_what_restores_kept(organization)
        end_as_owner()
    for name in (organization.schema_name, *kept):
        drop_files(name)


def _drop_what_restores_kept(organization: Organization) -> list[str]:
    """The clinic as it was before it was restored in place goes with it; the names of its schemas."""
    found = Restore.objects.filter(organization=organization).exclude(kept_schema="")
    names = []
    for restore in found.select_for_update():
        names.append(restore.kept_schema)
        drop_schema(restore.kept_schema)
        restore.move("drop_kept_schema", kept_schema="", ended_at=timezone.now())
    return names
