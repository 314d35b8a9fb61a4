"""What people type about themselves and others."""

from accounts.members.forms.access import AccessPolicyForm
from accounts.members.forms.agents import AssignmentForm, NewAssignmentForm
from accounts.members.forms.closing import CloseClinicForm
from accounts.members.forms.families import (
    ChildForm,
    EndForm,
    ExtendForm,
    GuardianForm,
    HandOverForm,
    NewGuardianForm,
)
from accounts.members.forms.own import (
    AcceptInvitationForm,
    FinishRegistrationForm,
    MyPatientForm,
    MyStaffForm,
)
from accounts.members.forms.patients import (
    AllergyForm,
    ConditionForm,
    EmergencyContactForm,
    KnownPatientForm,
    PatientForm,
)
from accounts.members.forms.plan import ChoosePlanForm
from accounts.members.forms.platform import SignUpClinicForm
from accounts.members.forms.staff import STAFF_FORMS, role_form

__all__ = [
    "STAFF_FORMS",
    "AcceptInvitationForm",
    "AccessPolicyForm",
    "AllergyForm",
    "AssignmentForm",
    "ChildForm",
    "ChoosePlanForm",
    "CloseClinicForm",
    "ConditionForm",
    "EmergencyContactForm",
    "EndForm",
    "ExtendForm",
    "FinishRegistrationForm",
    "GuardianForm",
    "HandOverForm",
    "KnownPatientForm",
    "MyPatientForm",
    "MyStaffForm",
    "NewAssignmentForm",
    "NewGuardianForm",
    "PatientForm",
    "SignUpClinicForm",
    "role_form",
]
