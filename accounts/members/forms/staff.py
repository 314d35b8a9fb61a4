"""What is typed about those who work here: one form per role."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.forms.person import PersonForm
from accounts.members.models import (
    AdminProfile,
    AgentProfile,
    CaregiverProfile,
    DoctorProfile,
    ReceptionistProfile,
)
from accounts.members.roles import Role
from accounts.members.services.storing import PERSON


class StaffForm(PersonForm):
    """A new member of staff; the letter of invitation goes out at once unless unticked."""

    invite = forms.BooleanField(label=_("Send an invitation to log in"), required=False, initial=True)


class AdminForm(StaffForm):
    """An administrator."""

    class Meta:
        model = AdminProfile
        fields = ("job_title",)


class DoctorForm(StaffForm):
    """A doctor."""

    class Meta:
        model = DoctorProfile
        fields = (
            "specialisation",
            "licence_number",
            "consultation_fee",
            "years_of_experience",
            "qualifications",
            "clinic_address",
            "bio",
            "is_bookable",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # 65.000, as it is stored, would be read as sixty-five thousand.
        if fee := self.initial.get("consultation_fee"):
            self.initial["consultation_fee"] = f"{fee.normalize():f}"


class ReceptionistForm(StaffForm):
    """A receptionist."""

    class Meta:
        model = ReceptionistProfile
        fields = ("desk",)


class AgentForm(StaffForm):
    """An agent."""

    class Meta:
        model = AgentProfile
        fields = ("agency", "territory")


class CaregiverForm(StaffForm):
    """A caregiver."""

    class Meta:
        model = CaregiverProfile
        fields = ("qualifications", "address")


STAFF_FORMS: dict[str, type[StaffForm]] = {
    Role.DOCTOR: DoctorForm,
    Role.RECEPTIONIST: ReceptionistForm,
    Role.ADMIN: AdminForm,
    Role.CAREGIVER: CaregiverForm,
    Role.AGENT: AgentForm,
}


def role_form(form: StaffForm, *, keep_person: bool = False) -> StaffForm:
    """The form for somebody who is here already: without the invitation, and without the person's fields."""
    for name in ("invite", *(() if keep_person else PERSON)):
        form.fields.pop(name, None)
    return form
