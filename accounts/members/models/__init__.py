"""A clinic's people: who they are here, what their role adds, and what is known of a patient's health."""

from accounts.members.models.agents import AgentAssignment, AssignmentStatus
from accounts.members.models.guardianship import Guardianship, Relation
from accounts.members.models.invitation import Invitation
from accounts.members.models.member import Member
from accounts.members.models.merge import DistinctPeople, PatientMerge, PatientMergeMove
from accounts.members.models.patient import (
    Allergy,
    Condition,
    EmergencyContact,
    PatientProfile,
    PatientSeries,
)
from accounts.members.models.staff import (
    AdminProfile,
    AgentProfile,
    CaregiverProfile,
    DoctorProfile,
    Profile,
    ReceptionistProfile,
)

__all__ = [
    "AdminProfile",
    "AgentAssignment",
    "AgentProfile",
    "Allergy",
    "AssignmentStatus",
    "CaregiverProfile",
    "Condition",
    "DistinctPeople",
    "DoctorProfile",
    "EmergencyContact",
    "Guardianship",
    "Invitation",
    "Member",
    "PatientMerge",
    "PatientMergeMove",
    "PatientProfile",
    "PatientSeries",
    "Profile",
    "ReceptionistProfile",
    "Relation",
]
