"""What is done with log-ins."""

from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Affiliation, Signin, User
from clinic.db.current import connection
from clinic.models import Refusal


def has_verified(user: User) -> bool:
    """Whether the user has shown that the e-mail is theirs."""
    return EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()


@transaction.atomic
def verify_email(user: User) -> None:
    """Note that the user has shown that the e-mail is theirs (by opening a letter sent to it)."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


@transaction.atomic
def release_email(email: str, *, to: User) -> None:
    """Take the address from log-ins that were made with it and never confirmed it: `to` has just done so."""
    claimed = EmailAddress.objects.filter(email=email, verified=False, user__is_superuser=False)
    claimed.exclude(user=to).delete()
    for squatter in User.objects.filter(email=email, is_superuser=False).exclude(pk=to.pk):
        if not has_verified(squatter):
            squatter.email = f"{squatter.pk}@unconfirmed.invalid"
            squatter.session_epoch += 1
            squatter.save(update_fields=["email", "session_epoch"])


def affiliate(user: User, organization: Any) -> None:
    """Note that the user has a place in the clinic. Written blindly: a clinic's role may not read here."""
    Affiliation.objects.bulk_create(
        [Affiliation(user_id=user.pk, organization=organization)], ignore_conflicts=True
    )


def affiliate_here(user: User) -> None:
    """Note that the user has a place in the clinic at hand."""
    affiliate(user, connection.tenant)


@transaction.atomic
def deactivate_user(user: User, *, by: User | None) -> User:
    """Close the log-in everywhere, from the next request on."""
    if by is not None and by.pk == user.pk:
        raise Refusal(_("Nobody closes their own log-in."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    return user


@transaction.atomic
def reactivate_user(user: User, *, by: User | None) -> User:
    """Open a closed log-in again."""
    if user.anonymised_at:
        raise Refusal(_("An anonymised log-in stays closed."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    return user


@transaction.atomic
def anonymise_user(user: User, *, by: User | None) -> User:
    """Take the person out of the log-in for good; what they did stays on record under its key."""
    if by is not None and by.pk == user.pk:
        raise Refusal(_("Nobody anonymises their own log-in."))
    if user.anonymised_at:
        raise Refusal(_("This log-in is anonymised already."))
    for rows in (EmailAddress.objects, Authenticator.objects):
        rows.using(user._state.db).filter(user=user).delete()
    user.email = f"{user.pk}@anonymised.invalid"
    user.name = ""
    user.is_active = user.is_superuser = False
    user.anonymised_at = timezone.now()
    user.set_unusable_password()
    user.save()
    return user


def forget_place(user_id: Any, organization_id: Any, *, using: str = "default") -> None:
    """Take the person's place in a clinic; without another one the person goes from the log-in as well.

    Where they were signed in goes too: there or, with the log-in, everywhere.
    """
    user = User.objects.using(using).get(pk=user_id)
    places, signins = Affiliation.objects.using(using), Signin.objects.using(using).filter(user_id=user_id)
    places.filter(user_id=user_id, organization_id=organization_id).delete()
    if user.is_superuser or places.filter(user_id=user_id).exists():
        signins.filter(organization_id=organization_id).delete()
        return
    signins.delete()
    if not user.anonymised_at:
        anonymise_user(user, by=None)


def send_reset(user: User, *, by: User | None, request: Any = None) -> User:
    """Send the letter by which the user sets a new password."""
    if not user.is_active:
        raise Refusal(_("This log-in is closed."))
    form = ResetPasswordForm({"email": user.email})
    if not form.is_valid():
        raise Refusal(_("No letter can be sent to this address."))
    form.save(request)
    return user
