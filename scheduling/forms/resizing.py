"""How long a visit takes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form
from scheduling.models.availability import LONGEST_SLOT, SHORTEST_SLOT


class ResizeForm(Form):
    """The visit's length, in minutes from its beginning."""

    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=SHORTEST_SLOT,
        max_value=LONGEST_SLOT,
        help_text=_("From the visit's beginning, which stays."),
    )
