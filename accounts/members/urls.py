"""Addresses of the pages about a clinic's people."""

from django.urls import path

from accounts.members.views import agents, families, guardians, health, own, patients, plan, staff

app_name = "members"

urlpatterns = [
    path("patients/", patients.patient_list, name="patient_list"),
    path("patients/new/", patients.register_patient, name="register_patient"),
    path("patients/<uuid:pk>/", patients.patient, name="patient"),
    path("patients/<uuid:pk>/edit/", patients.update_patient, name="update_patient"),
    path("patients/<uuid:pk>/invite/", patients.invite_patient, name="invite_patient"),
    path("patients/<uuid:pk>/contacts/new/", health.add_emergency_contact, name="add_emergency_contact"),
    path("patients/<uuid:pk>/allergies/new/", health.add_allergy, name="add_allergy"),
    path("patients/<uuid:pk>/conditions/new/", health.add_condition, name="add_condition"),
    path("patients/<uuid:pk>/agents/new/", agents.assign_agent, name="assign_agent"),
    path("assignments/<uuid:pk>/", agents.update_assignment, name="update_assignment"),
    path("assignments/<uuid:pk>/accept/", agents.accept_assignment, name="accept_assignment"),
    path("assignments/<uuid:pk>/decline/", agents.decline_assignment, name="decline_assignment"),
    path("assignments/<uuid:pk>/end/", agents.end_assignment, name="end_assignment"),
    path("patients/<uuid:pk>/family/", guardians.patient_family, name="patient_family"),
    path("patients/<uuid:pk>/guardians/new/", guardians.add_guardian, name="add_guardian"),
    path("guardianships/<uuid:pk>/extend/", guardians.extend_guardianship, name="extend_guardianship"),
    path("guardianships/<uuid:pk>/end/", guardians.end_guardianship, name="end_guardianship"),
    path("guardianships/<uuid:pk>/verify/", guardians.verify_guardianship, name="verify_guardianship"),
    path("guardianships/<uuid:pk>/invite/", guardians.invite_guardian, name="invite_guardian"),
    path("family/", families.family, name="family"),
    path("family/children/new/", families.register_child, name="register_child"),
    path("family/<uuid:pk>/hand-over/", families.hand_over, name="hand_over"),
    path("family/<uuid:pk>/take-back/", families.take_back, name="take_back"),
    path("contacts/<uuid:pk>/remove/", health.remove_emergency_contact, name="remove_emergency_contact"),
    path("allergies/<uuid:pk>/remove/", health.remove_allergy, name="remove_allergy"),
    path("conditions/<uuid:pk>/resolve/", health.resolve_condition, name="resolve_condition"),
    path("conditions/<uuid:pk>/remove/", health.remove_condition, name="remove_condition"),
    path("staff/", staff.staff_list, name="staff_list"),
    path("staff/new/", staff.register_staff, name="register_staff"),
    path("staff/<uuid:pk>/", staff.staff_member, name="staff_member"),
    path("staff/<uuid:pk>/edit/", staff.update_staff, name="update_staff"),
    path("staff/<uuid:pk>/roles/new/", staff.add_role, name="add_role"),
    path("staff/<uuid:pk>/invite/", staff.invite_member, name="invite_member"),
    path("people/<uuid:pk>/status/", staff.change_member_status, name="change_member_status"),
    path("invitations/<uuid:pk>/resend/", staff.resend_invitation, name="resend_invitation"),
    path("invitations/<uuid:pk>/revoke/", staff.revoke_invitation, name="revoke_invitation"),
    path("invitation/<str:token>/", own.accept_invitation, name="accept_invitation"),
    path("plan/", plan.plan, name="plan"),
    path("plan/choose/", plan.choose_plan, name="choose_plan"),
    path("plan/withdraw/", plan.withdraw_plan, name="withdraw_plan"),
    path("me/", own.me, name="me"),
    path("me/edit/", own.update_me, name="update_me"),
    path("welcome/", own.finish_registration, name="finish_registration"),
    path("switch-role/", own.switch_role, name="switch_role"),
]
