"""What people do with a clinic's people: one function, one verb, one transaction."""

from accounts.members.services.access import update_access_policy
from accounts.members.services.agents import (
    accept_assignment,
    assign_agent,
    decline_assignment,
    end_assignment,
    end_my_agent,
    end_over_assignments,
    request_assignment,
    update_assignment,
)
from accounts.members.services.families import (
    add_guardian,
    hand_over,
    invite_guardian,
    register_child,
    take_back,
)
from accounts.members.services.founding import found_clinic, found_waiting_clinic, sign_up_clinic
from accounts.members.services.guardianships import (
    announce_endings,
    end_guardianship,
    end_past_guardianships,
    extend_guardianship,
    verify_guardianship,
)
from accounts.members.services.invitations import (
    accept_invitation,
    invite_member,
    needs_password,
    open_invitation,
    resend_invitation,
    revoke_invitation,
)
from accounts.members.services.life import tell_of_life
from accounts.members.services.membership import (
    activate_member,
    add_role,
    change_member_status,
    deactivate_member,
    suspend_member,
)
from accounts.members.services.merges import merge_patients, tell_apart, unmerge_patients
from accounts.members.services.patients import (
    add_allergy,
    add_condition,
    add_emergency_contact,
    find_or_register_patient,
    register_patient,
    register_patients,
    remove_allergy,
    remove_condition,
    remove_emergency_contact,
    resolve_condition,
    update_patient,
)
from accounts.members.services.registration import finish_registration, start_registration, update_me
from accounts.members.services.staff import register_staff, update_staff

__all__ = [
    "accept_assignment",
    "accept_invitation",
    "activate_member",
    "add_allergy",
    "add_condition",
    "add_emergency_contact",
    "add_guardian",
    "add_role",
    "announce_endings",
    "assign_agent",
    "change_member_status",
    "deactivate_member",
    "decline_assignment",
    "end_assignment",
    "end_guardianship",
    "end_my_agent",
    "end_over_assignments",
    "end_past_guardianships",
    "extend_guardianship",
    "find_or_register_patient",
    "finish_registration",
    "found_clinic",
    "found_waiting_clinic",
    "hand_over",
    "invite_guardian",
    "invite_member",
    "merge_patients",
    "needs_password",
    "open_invitation",
    "register_child",
    "register_patient",
    "register_patients",
    "register_staff",
    "remove_allergy",
    "remove_condition",
    "remove_emergency_contact",
    "request_assignment",
    "resend_invitation",
    "resolve_condition",
    "revoke_invitation",
    "sign_up_clinic",
    "start_registration",
    "suspend_member",
    "take_back",
    "tell_apart",
    "tell_of_life",
    "unmerge_patients",
    "update_access_policy",
    "update_assignment",
    "update_me",
    "update_patient",
    "update_staff",
    "verify_guardianship",
]
