"""A clinic's people in its admin."""

from accounts.members.admin.agents import AgentAssignmentAdmin
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
    "AgentAssignmentAdmin",
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
