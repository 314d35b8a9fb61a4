"""A clinic's people in its admin."""

from accounts.members.admin.agents import AgentAssignmentAdmin
from accounts.members.admin.merges import DistinctPeopleAdmin, PatientMergeAdmin
from accounts.members.admin.patients import (
    AllergyAdmin,
    ConditionAdmin,
    EmergencyContactAdmin,
    GuardianshipAdmin,
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
    "DistinctPeopleAdmin",
    "DoctorProfileAdmin",
    "EmergencyContactAdmin",
    "GuardianshipAdmin",
    "InvitationAdmin",
    "MemberAdmin",
    "PatientMergeAdmin",
    "PatientProfileAdmin",
    "ReceptionistProfileAdmin",
]
