"""A superuser visits a clinic: with a reason, for an hour, seen by the clinic (DESIGN section 5, law 8)."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.audit.models import AuditEvent
from clinic.audit.services import record
from clinic.models import Refusal, relayed
from tenants.models import Organization, SupportSession
from tenants.services.life import in_clinic_as

SUPPORT_MINUTES = 60


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


def may_support(visit: SupportSession) -> bool:
    """Whether the visitor still runs the platform."""
    return get_user_model().objects.filter(pk=visit.user_id, is_superuser=True, is_active=True).exists()


def end_support_session(visit: SupportSession) -> None:
    """End the visit now."""
    SupportSession.objects.filter(pk=visit.pk, ended_at=None).update(ended_at=timezone.now(), token_hash="")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
