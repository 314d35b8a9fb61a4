"""allauth's forms in the words of the other pages."""

from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.http import ClinicRequest

EMAIL = _("E-mail")


class OurWords:
    """A form whose fields are called as everywhere else; no placeholder repeats the label."""

    labels: ClassVar[dict[str, Promise]] = {"email": EMAIL}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
        for name, label in self.labels.items():
            if name in self.fields:  # type: ignore[attr-defined]
                self.fields[name].label = label  # type: ignore[attr-defined]


class LoginForm(OurWords, allauth_forms.LoginForm):
    """Signing in."""

    labels: ClassVar[dict[str, Promise]] = {"login": EMAIL}


class SignupForm(OurWords, allauth_forms.SignupForm):
    """Making an account."""

    def try_save(self, request: ClinicRequest) -> tuple[Any, HttpResponse | None]:
        """Store the log-in. Where there is one already, hash all the same: the time taken tells nothing."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class AddEmailForm(OurWords, allauth_forms.AddEmailForm):
    """A further address."""


class ResetPasswordForm(OurWords, allauth_forms.ResetPasswordForm):
    """A forgotten password."""


class ChangePasswordForm(OurWords, allauth_forms.ChangePasswordForm):
    """A new password for the old one."""

    labels: ClassVar[dict[str, Promise]] = {
        "oldpassword": _("Your password now"),
        "password1": _("New password"),
        "password2": _("The new password again"),
    }
