"""What is asked on the platform's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form, ReasonForm
from tenants.models import Place
from tenants.models.names import is_label


class FindClinicForm(Form):
    """Words of a clinic's name, place or specialisation, how soon it must be free, and where one is.

    `near` is where the person who asks is, in degrees: "53.34,-6.26".
    """

    q = forms.CharField(label=_("Name, place or specialisation"), max_length=100, required=False, strip=True)
    free = forms.ChoiceField(
        label=_("Next free time"),
        required=False,
        choices=[("", _("Free at any time")), ("3", _("Free within 3 days")), ("7", _("Free within a week"))],
    )
    near = forms.CharField(max_length=30, required=False, widget=forms.HiddenInput())

    def clean_near(self) -> Place | None:
        """The place; what is none is as if nothing had been said."""
        return Place.read(self.cleaned_data["near"])


class SupportForm(ReasonForm):
    """Why a superuser enters a clinic."""


class VerifyForm(Form):
    """What a clinic has shown of itself."""

    papers = forms.CharField(
        label=_("Papers seen"),
        max_length=500,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: licence of the ministry, number, valid until."),
    )


class DropForm(Form):
    """That a closed clinic is meant, by its name."""

    name = forms.CharField(label=_("Name of the clinic"), max_length=120)
    without_backup = forms.BooleanField(
        label=_("No backup is needed"),
        required=False,
        help_text=_("Otherwise there must be one that was made after the clinic was closed."),
    )


def secret_field(label: Any, **kwargs: Any) -> forms.CharField:
    """A password, which no browser fills in."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, max_length=200, strip=False, widget=widget, **kwargs)


class BackupForm(Form):
    """With which password a backup is encrypted, if at all."""

    password = secret_field(
        _("Password"),
        required=False,
        help_text=_(
            "15 characters or more; nobody can open the backup without it. Without a password the backup is "
            "not encrypted and cannot be downloaded."
        ),
    )
    again = secret_field(_("Password once more"), required=False)

    def clean(self) -> dict[str, Any]:
        """What was typed twice is the same."""
        given = self.cleaned_data
        if given.get("password", "") != given.get("again", ""):
            self.add_error("again", _("These are two passwords."))
        return given

    def service_data(self) -> dict[str, Any]:
        """The password alone."""
        return {"password": self.cleaned_data["password"]}


class PlainForm(Form):
    """A button, and nothing to fill in."""


class ConfirmForm(Form):
    """What is done only by whoever means this very clinic."""

    confirmation = forms.CharField(label=_("The clinic's name"), max_length=120)


class RestoreForm(ConfirmForm):
    """Whereto a backup is restored."""

    label = forms.CharField(
        label=_("Address of the new clinic"),
        max_length=32,
        required=False,
        validators=[is_label],
        help_text=_("Such as acme-copy. Empty: it takes the place of what the clinic holds now."),
    )
    password = secret_field(_("Password of the backup"), required=False, help_text=_("If it is encrypted."))


class ClaimDomainForm(Form):
    """An address of the clinic's own."""

    host = forms.CharField(
        label=_("Your own address"),
        max_length=230,
        strip=True,
        widget=forms.TextInput(
            attrs={"placeholder": "clinic.example.org", "autocapitalize": "none", "spellcheck": "false"}
        ),
        help_text=_("One that you own, or a part of it: booking.example.org"),
    )
