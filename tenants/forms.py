"""What is asked on the platform's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form, ReasonForm


class FindClinicForm(Form):
    """Words of a clinic's name or place."""

    q = forms.CharField(label=_("Name or place"), max_length=100, required=False, strip=True)


class SupportForm(ReasonForm):
    """Why a superuser enters a clinic."""
