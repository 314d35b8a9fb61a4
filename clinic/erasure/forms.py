"""What is typed before somebody is forgotten."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.erasure.models import Kind
from clinic.erasure.services.keeping import Keeping
from clinic.forms import Form


class ErasePatientForm(Form):
    """Why, and the number of the patient, to be sure."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("It stays on record with the erasure. Do not write the patient's name."),
    )
    number = forms.CharField(
        label=_("Patient number"), max_length=12, help_text=_("Type it to confirm that it is this patient.")
    )


class RetentionForm(Form):
    """For how many years each kind of record is kept."""

    clinical = forms.IntegerField(label=Kind.CLINICAL.label, min_value=1, max_value=100)
    accounts = forms.IntegerField(label=Kind.ACCOUNTS.label, min_value=1, max_value=100)

    def __init__(self, *args: Any, kept: dict[str, Keeping], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, keeping in kept.items():
            self.initial[kind] = keeping.years
            told = {"years": keeping.law.years, "source": keeping.law.source}
            self.fields[kind].help_text = _("Years; at least %(years)s: %(source)s.") % told
