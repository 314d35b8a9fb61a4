"""What is asked on the platform's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form, ReasonForm
from tenants.models import Place


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
