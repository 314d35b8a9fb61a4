"""What is typed before a clinic is closed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form


class CloseClinicForm(Form):
    """The clinic's name, to be sure."""

    name = forms.CharField(
        label=_("Name of the clinic"), max_length=120, help_text=_("Type it to confirm that this is meant.")
    )
