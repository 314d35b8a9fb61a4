"""The first person of a new clinic."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django_tenants.utils import tenant_context

from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.members.services.invitations import invite_member, join
from accounts.members.services.staff import register_staff
from accounts.models import User
from clinic.audit.services import acting
from tenants.models import Organization
from tenants.services import provision_organization


@transaction.atomic
def sign_up_clinic(
    *,
    by: User | None,
    given_name: str,
    family_name: str,
    email: str = "",
    also_doctor: bool = False,
    specialisation: str = "",
    licence_number: str = "",
    **clinic: Any,
) -> Organization:
    """Open a clinic whose first administrator is the person who signs it up.

    Who is signed in has access at once. Anybody else gets a letter: only its reader can enter, and nobody
    learns here whether the e-mail has a log-in.
    """
    organization = provision_organization(by=by, **clinic)
    founder: dict[str, Any] = {
        "given_name": given_name,
        "family_name": family_name,
        "email": by.email if by else email.lower(),
    }
    if also_doctor:
        founder |= {"specialisation": specialisation, "licence_number": licence_number}
    if organization.status == Organization.Status.PROVISIONING:
        _ask_worker(organization, founder, by)
    else:
        found_clinic(organization, founder, by)
    return organization


def _ask_worker(organization: Organization, founder: dict[str, Any], by: User | None) -> None:
    # By name: the job's module calls this one.
    from accounts.members.jobs import found_clinic_of

    found_clinic_of.defer(
        organization_id=str(organization.pk), founder=founder, user_id=str(by.pk) if by else None
    )


def found_waiting_clinic(organization_id: UUID | str, founder: dict[str, Any], user_id: str | None) -> bool:
    """Put the founder into a clinic whose schema was made by now; whether there was anything to do."""
    organization = Organization.objects.get(pk=organization_id)
    if organization.status == Organization.Status.PROVISIONING:
        raise LookupError(_("The clinic is still being set up."))
    user = User.objects.filter(pk=user_id).first() if user_id else None
    return found_clinic(organization, founder, user)


@transaction.atomic
def found_clinic(organization: Organization, founder: dict[str, Any], user: User | None) -> bool:
    """Make the founder the first administrator, and a doctor if they are one; once only."""
    doctor = {name: founder[name] for name in ("specialisation", "licence_number") if name in founder}
    person = {name: value for name, value in founder.items() if name not in doctor}
    with tenant_context(organization), acting({"actor": f"{person['given_name']} {person['family_name']}"}):
        if Member.objects.exists():
            return False
        admin = register_staff(by=None, role=Role.ADMIN, **person)
        members = [admin]
        if doctor:
            members.append(register_staff(by=None, role=Role.DOCTOR, **person, **doctor))
        if user is None:
            invite_member(admin, by=None)
        else:
            join(members, user)
    return True
