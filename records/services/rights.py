"""Who may write: the treating doctor alone, or whoever the role table names."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.members.models import Member
from clinic.models import Refusal


def own(doctor_id: Any, by: Member | None) -> None:
    """Refuse anybody but the treating doctor (a profile's key is its member's key)."""
    if by is None or by.pk != doctor_id:
        raise Refusal(_("Only the treating doctor can do this."))


def may(by: Member | None, permission: str) -> Member:
    """Whoever acts; refuses anybody whose role the table does not name for `permission`."""
    if by is None or not by.may(permission):
        raise Refusal(_("Only a doctor can do this."))
    return by
