"""How one signs in to a clinic."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.members.models import Member
from accounts.members.roles import SECOND_FACTOR, Role
from clinic.models import Refusal, relayed
from tenants.models import Organization
from tenants.services.life import enter_own_step


@transaction.atomic
def update_access_policy(
    organization: Organization,
    *,
    by: Member | None,
    second_factor_roles: Iterable[str],
    staff_idle_minutes: int,
    patient_idle_minutes: int,
) -> Organization:
    """Choose who needs a second factor too, and after how many idle minutes one is signed out.

    Those who need a second factor in every clinic cannot be left out. Works within a minute.
    """
    wanted = set(second_factor_roles)
    if not wanted <= set(Role) - SECOND_FACTOR:
        raise Refusal(_("Choose one of the values offered."), "second_factor_roles")
    found: Organization = Organization.objects.locked(organization.pk)
    found.second_factor_roles = sorted(wanted)
    found.staff_idle_minutes, found.patient_idle_minutes = staff_idle_minutes, patient_idle_minutes
    with relayed(Organization):
        found.save(update_fields=["second_factor_roles", "staff_idle_minutes", "patient_idle_minutes"])
    roles = ", ".join(found.second_factor_roles) or "–"
    said = f"second factor: {roles}; minutes: staff {staff_idle_minutes}, patients {patient_idle_minutes}"
    enter_own_step(said, found)
    return found
