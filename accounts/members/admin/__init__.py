"""A clinic's people in its admin."""

from accounts.members.admin.patients import (
    AllergyAdmin,
    ConditionAdmin,
    EmergencyContactAdmin,
    PatientProfileAdmin,
)
from accounts.members.admin.staff import (
    AdminProfileAdmin,
    AgentProfileAdmin,
    CaregiverProfileAdmin,
    DoctorProfileAdmin,
    InvitationAdmin,
    MemberAdmin,
    ReceptionistProfileAdmin,
)

__all__ = [
    "AdminProfileAdmin",
    "AgentProfileAdmin",
    "AllergyAdmin",
    "CaregiverProfileAdmin",
    "ConditionAdmin",
    "DoctorProfileAdmin",
    "EmergencyContactAdmin",
    "InvitationAdmin",
    "MemberAdmin",
    "PatientProfileAdmin",
    "ReceptionistProfileAdmin",
]
