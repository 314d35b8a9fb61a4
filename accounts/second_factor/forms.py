"""allauth's forms of second factors, in our words and a little stricter."""

from typing import Any, ClassVar

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms import OurWords
from accounts.second_factor.passkeys import is_from_here

CODE = _("Code")
NAME = _("Name")
# Seconds: longer than a code of the app is good for. The name keeps it one for all clinics (clinic.db.cache).
USED_FOR = 120
USED = "allauth:totp-used:{user}:{code}"


class Code(OurWords):
    """A form with a code of the app, or one of the recovery codes."""

    labels: ClassVar[dict[str, Promise]] = {"code": CODE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 20}
        self.fields["code"].widget.attrs.update(attributes)  # type: ignore[attr-defined]


class CodeOnce(Code):
    """A code counts once, at whichever clinic it is given (RFC 6238, 5.2)."""

    user: Any
    authenticator: Any

    def clean_code(self) -> str:
        """The code, if it is right and was not used before."""
        code = super().clean_code()  # type: ignore[misc]
        is_of_app = self.authenticator.type == Authenticator.Type.TOTP
        used = USED.format(user=self.user.pk, code="".join(filter(str.isalnum, code)))
        if is_of_app and not cache.add(used, True, USED_FOR):
            raise get_adapter().validation_error("incorrect_code")
        return str(code)


class AuthenticateForm(CodeOnce, base.AuthenticateForm):
    """The second step of signing in."""


class ReauthenticateForm(CodeOnce, base.ReauthenticateForm):
    """Showing the factor again, before something that matters."""


class ActivateTOTPForm(Code, totp.ActivateTOTPForm):
    """The first code of an authenticator app."""


class FromHere:
    """A passkey's answer is taken only from a page of this very address."""

    def clean_credential(self) -> Any:
        """What the browser sent, if it was made here."""
        if not is_from_here(self.cleaned_data["credential"], context.request):  # type: ignore[attr-defined]
            raise get_adapter().validation_error("incorrect_passkey")
        taken = getattr(super(), "clean_credential", None)
        return taken() if taken else self.cleaned_data["credential"]  # type: ignore[attr-defined]


class AddPasskeyForm(OurWords, FromHere, webauthn.AddWebAuthnForm):
    """A new passkey."""

    labels: ClassVar[dict[str, Promise]] = {
        "name": _("What do you call it?"),
        "passwordless": _("Sign in with it alone, without the password"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = 100
        self.fields["name"].widget.attrs["maxlength"] = 100
        self.fields["name"].help_text = _("For example: my phone, the laptop at the desk.")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = _(
            "The device then asks for your finger, face or PIN. Untick it for a security key without a PIN."
        )


class EditPasskeyForm(OurWords, webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    labels: ClassVar[dict[str, Promise]] = {"name": NAME}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = 100
        self.fields["name"].widget.attrs["maxlength"] = 100


class AuthenticatePasskeyForm(FromHere, webauthn.AuthenticateWebAuthnForm):
    """A passkey as the second step of signing in."""


class ReauthenticatePasskeyForm(FromHere, webauthn.ReauthenticateWebAuthnForm):
    """A passkey shown again, before something that matters."""


class LoginPasskeyForm(FromHere, webauthn.LoginWebAuthnForm):
    """Signing in with a passkey alone."""
