"""An agent books for a patient."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from scheduling.forms.booking import PersonForm, TimeForm, reason_field


class ForPatientForm(PersonForm, TimeForm):
    """Who comes, and why."""

    field_order = ("starts_at", "given_name", "family_name", "date_of_birth", "email", "phone", "reason")
    reason = reason_field(_("Reason for the visit (optional)"))

    def clean(self) -> dict[str, Any]:
        """The clinic must be able to reach the patient."""
        data = super().clean() or self.cleaned_data
        if not (self.errors or data.get("email") or data.get("phone")):
            self.add_error("email", _("Give the patient’s e-mail address or phone number."))
        return data
