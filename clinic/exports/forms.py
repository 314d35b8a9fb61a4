"""What is noted when a patient's copy is given out in the clinic."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form


class AskForPatientForm(Form):
    """Who wants the copy, and how it was seen that they may have it."""

    wanted_by = forms.CharField(
        label=_("Who asks for it"),
        max_length=200,
        help_text=_(
            "The patient, or a person with a power of attorney: the name, and what they are to the patient."
        ),
    )
    identity_seen = forms.CharField(
        label=_("How did they show who they are?"),
        max_length=300,
        help_text=_("For example: passport, seen at the desk. Do not write its number down."),
    )
    with_sensitive = forms.BooleanField(
        label=_("Also what is marked as sensitive"),
        required=False,
        help_text=_(
            "Records that the patient is not shown. Decide with care: they are in the file for good."
        ),
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by.may("exports.give_out_sensitive"):
            del self.fields["with_sensitive"]
