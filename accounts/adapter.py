"""How allauth behaves in this house: letters go to the outbox, links name the site's own address."""

import secrets
import time
from typing import Any, ClassVar

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress, EmailConfirmation
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.clients import client_ip
from accounts.limits import know_device, pardon
from accounts.services import begin_signin, end_this_signin, keep_this_signin, release_email
from clinic.db.sessions import SEEN, seconds_now
from clinic.http import ClinicRequest
from clinic.notifications.services import enqueue
from tenants.models import absolute_url

OWN_WORDS = "accounts/mail/{}.txt"
ALLAUTHS_WORDS = "accounts/mail/letter.txt"
# The desk reads what kinds of letters went out and to whom: it must not read there who has a log-in.
ON_RECORD_AS = {
    "unknown_account": "password_reset_key",
    "account_already_exists": "email_confirmation_signup",
}
AGAIN_BY = {
    "reauthenticate": _("Use the password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in, sign-up and password letters on the platform and in every clinic."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address and the password do not belong together."),
        "too_many_login_attempts": _(
            "Too many failed attempts. Wait 15 minutes and try again, or choose a new password by e-mail: "
            "that lets you in at once."
        ),
        "closed": _("This log-in is closed. Ask the clinic for help."),
    }

    def address_of(self, path: str) -> str:
        """The absolute address of `path` on this site; never from the Host header (law 11)."""
        organization = self.request.organization
        return organization.url(path) if organization else absolute_url(settings.PLATFORM_DOMAIN, path)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the letter into the outbox, as part of what gave rise to it."""
        organization = self.request.organization
        words = {
            **context,
            "email": email,
            "request": None,
            "organization": organization,
            "site_name": organization.name if organization else settings.PLATFORM_DOMAIN,
            "current_site": {"name": organization.name if organization else settings.PLATFORM_DOMAIN},
            "login_url": self.address_of(reverse("account_login")),
            "signup_url": self.address_of(reverse("account_signup")),
            "password_reset_url": context.get(
                "password_reset_url", self.address_of(reverse("account_reset_password"))
            ),
        }
        kind = template_prefix.rpartition("/")[2]
        template = OWN_WORDS.format(kind)
        if not _exists(template):
            template = ALLAUTHS_WORDS
            words["letter_subject"] = render_to_string(f"{template_prefix}_subject.txt", words).strip()
            words["letter"] = render_to_string(f"{template_prefix}_message.txt", words).strip()
        key = secrets.token_hex(16)
        on_record = ON_RECORD_AS.get(kind, kind)
        enqueue(kind=on_record, to=email, template=template, context=words, key=key, is_secret=True)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """The letter for a new password; who runs the platform gets one on the platform's site alone."""
        if user.is_superuser and self.request.organization:
            page = absolute_url(settings.PLATFORM_DOMAIN, reverse("account_reset_password"))
            context = {**context, "password_reset_url": page}
        super().send_password_reset_mail(user, email, context)

    def get_email_confirmation_url(self, request: ClinicRequest, emailconfirmation: EmailConfirmation) -> str:
        """The address that confirms an e-mail."""
        return self.address_of(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address that sets a new password."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return self.address_of(path.replace("UID-KEY", key))

    def pre_authenticate(self, request: ClinicRequest, **credentials: Any) -> None:
        """Refused unless LimitsMiddleware has counted the attempt and allowed it: no hash is computed."""
        attempt = getattr(self.request, "attempt", None)
        if attempt is None or not attempt.is_allowed:
            raise self.validation_error("too_many_login_attempts")

    def _delete_login_attempts_cached_email(self, request: ClinicRequest, **credentials: Any) -> None:
        # allauth's hook after a new password was chosen by letter.
        pardon(request, str(credentials["email"]))

    def confirm_email(self, request: ClinicRequest, email_address: EmailAddress) -> bool:
        """Note that the address is the user's; who once claimed it and never showed it has to give it up."""
        release_email(email_address.email, to=email_address.user)
        return super().confirm_email(request, email_address)

    def is_ajax(self, request: Any) -> bool:
        """Never: our pages send forms, and of those only a redirect says that something was done."""
        return False

    def authenticate(self, request: ClinicRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The user of the right e-mail and password. Only to them do we say that the log-in is closed."""
        user = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            raise self.validation_error("closed")
        return user

    def login(self, request: ClinicRequest, user: Any) -> None:
        """Sign in, and note where. A session left alone goes on for its person, under another key."""
        if request.rest and request.rest.is_over:
            end_this_signin(request)
            request.session.cycle_key()
        super().login(request, user)
        request.session[SEEN] = seconds_now()
        begin_signin(request, user)
        know_device(request, user.email, str(user.pk))

    def logout(self, request: ClinicRequest) -> None:
        """Sign out, and note it."""
        end_this_signin(request)
        super().logout(request)

    def set_password(self, user: Any, password: str) -> None:
        """Every other session of the log-in ends with the old password."""
        user.session_epoch += 1
        super().set_password(user, password)
        if self.request.user.pk == user.pk:
            keep_this_signin(self.request, user)

    def is_safe_url(self, url: str | None) -> bool:
        """Whether one may be led there after signing in; an address that cannot be read is none of ours."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in need not do it again to set up a second factor."""
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0)
        if app == "allauth.mfa" and time.time() - latest < account_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to show once more who one is, in our words."""
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": AGAIN_BY[method["id"]]} for method in methods]

    def clean_email(self, email: str) -> str:
        """E-mails are kept in small letters."""
        return super().clean_email(email).strip().lower()

    def get_client_ip(self, request: ClinicRequest) -> str:
        """The client's address as our own proxies saw it."""
        return client_ip(request) or "127.0.0.1"

    def get_login_redirect_url(self, request: ClinicRequest) -> str:
        """On the platform: to the clinics where the person belongs."""
        return reverse("accounts:my_clinics")


def _exists(template: str) -> bool:
    try:
        get_template(template)
    except TemplateDoesNotExist:
        return False
    return True
