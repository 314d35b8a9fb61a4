"""How allauth's second factors behave in this house."""

from typing import Any, ClassVar

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.second_factor.passkeys import here
from clinic.safes import safe_for


class FactorAdapter(DefaultMFAAdapter):
    """Secrets are stored encrypted; a factor belongs to the log-in, which is one for all clinics."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right, or was used already. Wait for the next one."),
        "incorrect_passkey": gettext_lazy("This passkey does not fit. Try again, or use a code."),
        "cannot_generate_recovery_codes": gettext_lazy("Set up a second factor first."),
    }

    def get_totp_issuer(self) -> str:
        """The name under which the authenticator app shows the code: not one clinic's."""
        return settings.PLATFORM_DOMAIN

    def encrypt(self, text: str) -> str:
        """What the app and we know, as it is stored."""
        return _safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was stored; a refusal when it was sealed with a key that is lost. Never an empty secret."""
        try:
            return _safe().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise self.validation_error("incorrect_code") from None

    def generate_authenticator_name(self, user: AbstractBaseUser, kind: str) -> str:
        """What a passkey is called until its owner says otherwise."""
        known = Authenticator.objects.filter(user_id=user.pk, type=kind).count()
        return _("Passkey %(number)d") % {"number": known + 1} if known else _("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The domain to which passkeys are tied."""
        return {"id": here(context.request), "name": settings.PLATFORM_DOMAIN}


def _safe() -> MultiFernet:
    return safe_for("accounts.second-factor", "secrets")
