"""A superuser visits a clinic: with a reason, for an hour, seen by the clinic (DESIGN section 5, law 8)."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic.audit.models import AuditEvent
from clinic.audit.services import record
from clinic.inbox.services import members, notify
from clinic.models import Refusal, relayed
from tenants.models import Organization, SupportSession
from tenants.services.life import enter_own_step, in_clinic_as

SUPPORT_MINUTES = 60
# Where a visitor's session keeps the visit, and which password and epoch it was begun with.
SUPPORT_SESSION_KEY, SUPPORT_LOGIN_KEY = "support_session", "support_login"
FORBIDDEN = _lazy("This clinic lets nobody of the platform in. Ask its administrator to allow support.")


@transaction.atomic
def start_support_session(organization: Organization, *, by: Any, reason: str) -> tuple[SupportSession, str]:
    """Let a superuser visit the clinic for an hour; answer the visit and the one-time token that begins it.

    The clinic's trail says at once who comes and why.
    """
    if not reason.strip():
        raise Refusal(_("Say why you enter this clinic."), "reason")
    if organization.status not in Organization.SERVED:
        raise Refusal(_("This clinic is not served at present."))
    if organization.support_forbidden_at:
        raise Refusal(FORBIDDEN)
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
        notify(
            kind="support_session_started",
            to=members().filter(role="admin"),
            facts={"person": str(by)},
            link=reverse("tenants:support_session_list", urlconf=settings.ROOT_URLCONF),
            about_id=visit.pk,
        )
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


def visitor_of(visit: SupportSession) -> Any | None:
    """The visitor, if they still run the platform."""
    return get_user_model().objects.filter(pk=visit.user_id, is_superuser=True, is_active=True).first()


def end_support_session(visit: SupportSession) -> None:
    """End the visit now; by the visitor, or by the clinic whose schema we are in."""
    ended = SupportSession.objects.filter(pk=visit.pk, ended_at=None)
    ended.update(ended_at=timezone.now(), token_hash="")


@transaction.atomic
def end_support_visit(visit: SupportSession, *, by: Any) -> None:
    """Show support out: what it opens next is refused. By the clinic's administrator, in its trail."""
    if not visit.is_running:
        raise Refusal(_("This visit has ended already."))
    end_support_session(visit)
    enter_own_step("end_support_visit", visit)


@transaction.atomic
def forbid_support(organization: Organization, *, by: Any) -> None:
    """Let nobody of the platform in until `allow_support`, and show out who is in."""
    organization = Organization.objects.locked(organization.pk)
    if organization.support_forbidden_at:
        raise Refusal(_("Support is forbidden already."))
    organization.support_forbidden_at = timezone.now()
    organization.save(update_fields=["support_forbidden_at"])
    for visit in SupportSession.objects.filter(organization=organization).running():
        end_support_session(visit)
    enter_own_step("forbid_support", organization)


@transaction.atomic
def allow_support(organization: Organization, *, by: Any) -> None:
    """Let the platform's people visit again, each time with a reason and for an hour."""
    organization = Organization.objects.locked(organization.pk)
    if not organization.support_forbidden_at:
        raise Refusal(_("Support is allowed already."))
    organization.support_forbidden_at = None
    organization.save(update_fields=["support_forbidden_at"])
    enter_own_step("allow_support", organization)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
