"""What is done with second factors besides what their owners do on allauth's pages."""

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Affiliation, User
from accounts.services import sign_out_everywhere
from clinic.audit.models import AuditEvent
from clinic.audit.services import record
from clinic.models import Refusal
from tenants.models import Organization
from tenants.services.life import in_clinic_as


@transaction.atomic
def reset_second_factor(user: User, *, by: User | None) -> User:
    """Take app, passkeys and recovery codes off the log-in of somebody who has lost them all.

    Done by who runs the platform, never by a clinic: the factor guards all clinics. Every session ends, a
    letter tells the person, and the trail of each of the person's clinics says who did it.
    """
    if by is not None and by.pk == user.pk:
        raise Refusal(_("Nobody takes off their own second factor here: use a recovery code."))
    found = Authenticator.objects.filter(user_id=user.pk)
    if not found.exists():
        raise Refusal(_("This log-in has no second factor."))
    found.delete()
    sign_out_everywhere(user, by=by)
    clinics = Affiliation.objects.filter(user_id=user.pk).values("organization")
    for organization in Organization.objects.served().filter(pk__in=clinics):
        with in_clinic_as(organization, by):
            record(AuditEvent.Action.DELETE, Authenticator._meta.db_table, user.pk, reason=user.email)
    get_adapter().send_notification_mail("accounts/mail/second_factor_reset", user, email=user.email)
    return user
