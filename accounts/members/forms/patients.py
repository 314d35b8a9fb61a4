"""What is typed about patients."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.members.forms.person import PersonForm, phone_field
from accounts.members.models import Allergy, Condition, EmergencyContact, PatientProfile
from clinic.forms import DateInput, ModelForm
from clinic.languages import languages


class PatientForm(PersonForm):
    """A patient's details, as the desk takes them down."""

    class Meta:
        model = PatientProfile
        fields: tuple[str, ...] = (
            "date_of_birth",
            "gender",
            "blood_group",
            "address_line",
            "postal_code",
            "city",
            "region",
            "country",
            "language",
            "notes",
        )
        widgets = {"date_of_birth": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if language := self.fields.get("language"):
            # Spelt out: an empty line would not say in which language messages come then.
            language.choices = [("", _("The clinic's language")), *languages()]  # type: ignore[attr-defined]


class KnownPatientForm(PatientForm):
    """The details of somebody who is registered; one day also that they have died."""

    class Meta(PatientForm.Meta):
        fields = (*PatientForm.Meta.fields, "is_deceased", "deceased_on")
        widgets = {**PatientForm.Meta.widgets, "deceased_on": DateInput()}


class EmergencyContactForm(ModelForm):
    """Whom to call."""

    class Meta:
        model = EmergencyContact
        fields = ("name", "relationship")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = phone_field(required=True)


class AllergyForm(ModelForm):
    """What the patient does not tolerate."""

    class Meta:
        model = Allergy
        fields = ("substance", "severity", "reaction")


class ConditionForm(ModelForm):
    """A lasting illness."""

    class Meta:
        model = Condition
        fields = ("name", "since", "is_active")
        widgets = {"since": DateInput()}
