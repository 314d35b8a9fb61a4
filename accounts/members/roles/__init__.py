"""Who may do what: the one table that pages, buttons, services and the admin read.

A role is data of the clinic, not a flag of the log-in. Where a role may act only on its own (a patient's
appointment, a doctor's consultation), the table says "may" and `visible_to(member)` says on which.
"""

from collections.abc import Mapping
from types import MappingProxyType

from accounts.members.roles.history import HISTORY
from accounts.members.roles.money import MONEY
from accounts.members.roles.out import OUT
from accounts.members.roles.role import (
    ADMIN,
    AGENT,
    CLINICAL,
    CLINICAL_AND_PATIENT,
    DESK,
    DOCTOR,
    DOCTOR_AND_ADMIN,
    DOCTOR_AND_PATIENT,
    DOCTOR_AND_RECEPTION,
    EVERYBODY,
    PATIENT,
    SECOND_FACTOR,
    STAFF,
    TEAM,
    TEAM_AND_PATIENT,
    P,
    Role,
)

__all__ = ["NEVER_FOR_ANOTHER", "PERMISSIONS", "SECOND_FACTOR", "WITHHELD_BEFORE_PAPERS", "Role", "allows"]

PERMISSIONS: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        # People
        "members.view_me": EVERYBODY,
        "members.update_me": EVERYBODY,
        "members.view_patients": TEAM,
        "members.register_patient": TEAM,
        "members.update_patient": TEAM,
        # Two files of one person: the desk knows who came, and can take it back
        "members.view_duplicates": DESK,
        "members.tell_apart": DESK,
        "members.merge_patients": DESK,
        "members.unmerge_patients": DESK,
        "members.add_emergency_contact": TEAM,
        "members.remove_emergency_contact": TEAM,
        "members.invite_patient": TEAM,
        # Which agent looks after which patient
        "members.assign_agent": DESK,
        "members.accept_assignment": DESK,
        "members.decline_assignment": DESK,
        "members.update_assignment": DESK,
        "members.end_assignment": DESK,
        "members.end_my_agent": PATIENT,
        "members.view_health": CLINICAL_AND_PATIENT,
        # Families: who acts for whom
        "members.view_guardianships": TEAM,
        "members.add_guardian": TEAM,
        "members.extend_guardianship": TEAM,
        "members.verify_guardianship": TEAM,
        "members.end_guardianship": TEAM,
        "members.invite_guardian": TEAM,
        "members.view_family": PATIENT,
        "members.register_child": PATIENT,
        "members.hand_over": PATIENT,
        "members.take_back": PATIENT,
        "members.add_allergy": DOCTOR,
        "members.remove_allergy": DOCTOR,
        "members.add_condition": DOCTOR,
        "members.remove_condition": DOCTOR,
        "members.resolve_condition": DOCTOR,
        "members.view_staff": TEAM,
        "members.register_staff": ADMIN,
        "members.update_staff": ADMIN,
        "members.add_role": ADMIN,
        "members.invite_member": ADMIN,
        "members.resend_invitation": TEAM,
        "members.revoke_invitation": TEAM,
        "members.change_member_status": ADMIN,
        # What holds for the whole clinic
        "settings.overview": ADMIN,
        "settings.update_contact": ADMIN,
        "settings.update_brand": ADMIN,
        "settings.remove_logo": ADMIN,
        "settings.update_letterhead": ADMIN,
        "settings.update_languages": ADMIN,
        "settings.update_place": ADMIN,
        "members.update_access_policy": ADMIN,
        "texts.message_text_list": ADMIN,
        "texts.update_message_text": ADMIN,
        "texts.use_standard_text": ADMIN,
        # The clinic's admin site
        "members.administer": ADMIN,
        "jobs.view_jobs": ADMIN,
        # Records of other systems
        "fhir.upload_bundles": ADMIN,
        "fhir.view_bundles": ADMIN,
        "fhir.bring_in_bundles": ADMIN,
        # Moving in
        "moving.view_imports": ADMIN,
        "moving.upload_table": ADMIN,
        "moving.preview_import": ADMIN,
        "moving.start_import": ADMIN,
        "moving.discard_import": ADMIN,
        "moving.undo_import": ADMIN,
        # The platform's people in this clinic: a visitor cannot decide about the own visit
        "tenants.support_session_list": ADMIN,
        "tenants.end_support_visit": ADMIN,
        "tenants.forbid_support": ADMIN,
        "tenants.allow_support": ADMIN,
        # What the clinic pays for
        "members.view_plan": ADMIN,
        "members.choose_plan": ADMIN,
        "members.withdraw_plan": ADMIN,
        # That there be no clinic any more
        "members.close_clinic": ADMIN,
        "members.keep_clinic": ADMIN,
        # The clinic's addresses
        "tenants.domain_list": ADMIN,
        "tenants.claim_domain": ADMIN,
        "tenants.check_domain": ADMIN,
        "tenants.domain_arrived": ADMIN,
        "tenants.serve_domain": ADMIN,
        "tenants.withdraw_domain": ADMIN,
        # The day
        "scheduling.view_day": TEAM,
        "scheduling.view_my_day": DOCTOR,
        "scheduling.view_calendar": TEAM,
        "scheduling.print_day": TEAM,
        "scheduling.view_portal": PATIENT,
        "scheduling.view_appointment": TEAM_AND_PATIENT,
        "scheduling.book_appointment": TEAM_AND_PATIENT,
        "scheduling.confirm_appointment": TEAM,
        "scheduling.decline_appointment": TEAM,
        "scheduling.accept_offer": TEAM_AND_PATIENT,
        "scheduling.decline_offer": TEAM_AND_PATIENT,
        "scheduling.mark_arrived": TEAM,
        "scheduling.check_in_appointment": TEAM,
        "scheduling.fulfil_appointment": DOCTOR,
        "scheduling.overbook_appointment": TEAM,
        "scheduling.cancel_appointment": TEAM_AND_PATIENT,
        "scheduling.reschedule_appointment": TEAM_AND_PATIENT,
        "scheduling.resize_appointment": TEAM,
        "scheduling.mark_noshow": TEAM,
        "scheduling.enter_appointment_in_error": DESK,
        "scheduling.view_availability": TEAM,
        "scheduling.add_availability_rule": DOCTOR_AND_ADMIN,
        "scheduling.update_availability_rule": DOCTOR_AND_ADMIN,
        "scheduling.remove_availability_rule": DOCTOR_AND_ADMIN,
        "scheduling.add_availability_exception": DOCTOR_AND_ADMIN,
        "scheduling.remove_availability_exception": DOCTOR_AND_ADMIN,
        "scheduling.update_booking_policy": ADMIN,
        # Branches, their rooms, and the room of a visit
        "scheduling.view_branches": TEAM,
        "scheduling.add_branch": ADMIN,
        "scheduling.update_branch": ADMIN,
        "scheduling.retire_branch": ADMIN,
        "scheduling.reopen_branch": ADMIN,
        "scheduling.add_room": ADMIN,
        "scheduling.update_room": ADMIN,
        "scheduling.retire_room": ADMIN,
        "scheduling.reopen_room": ADMIN,
        "scheduling.assign_room": TEAM,
        "scheduling.view_closing_days": TEAM,
        "scheduling.add_closing_day": ADMIN,
        "scheduling.remove_closing_day": ADMIN,
        "scheduling.close_on_public_holidays": ADMIN,
        "scheduling.work_on_public_holidays": ADMIN,
        "scheduling.close_on_holiday": ADMIN,
        "scheduling.work_on_holiday": ADMIN,
        # Visits that leave or closing days came across
        "scheduling.view_stranded_visits": TEAM,
        "scheduling.move_stranded_visits": TEAM,
        "scheduling.cancel_stranded_visits": TEAM,
        "scheduling.view_fees": TEAM_AND_PATIENT,
        # The own calendar's address; administrators revoke anybody's in the admin
        "scheduling.view_my_feed": DOCTOR_AND_PATIENT,
        "scheduling.make_feed": DOCTOR_AND_PATIENT,
        "scheduling.revoke_feed": DOCTOR_AND_PATIENT,
        # Visits that come again
        "scheduling.view_series": TEAM,
        "scheduling.book_series": TEAM,
        "scheduling.move_series": TEAM,
        "scheduling.cancel_series": TEAM,
        # What the clinic sends
        "scheduling.view_messages": DESK,
        "scheduling.requeue_message": DESK,
        "scheduling.confirm_message": DESK,
        "scheduling.void_message": DESK,
        # Agents: their own patients, for whom they book and of whose illness they read nothing
        "scheduling.view_my_bookings": AGENT,
        "scheduling.view_my_patients": AGENT,
        "scheduling.register_brought_patient": AGENT,
        "scheduling.request_for_patient": AGENT,
        "scheduling.book_for_patient": AGENT,
        "scheduling.cancel_for_patient": AGENT,
        "scheduling.reschedule_for_patient": AGENT,
        "scheduling.log_assistance": AGENT,
        "scheduling.view_agents": DESK,
        "scheduling.export_agents": DESK,
        # Kinds of visits
        "scheduling.view_appointment_types": TEAM,
        "scheduling.add_appointment_type": ADMIN,
        "scheduling.update_appointment_type": ADMIN,
        "scheduling.retire_appointment_type": ADMIN,
        "scheduling.restore_appointment_type": ADMIN,
        "scheduling.adapt_appointment_type": DOCTOR_AND_ADMIN,
        "scheduling.view_waiting_list": TEAM,
        "scheduling.join_waiting_list": TEAM_AND_PATIENT,
        "scheduling.leave_waiting_list": TEAM_AND_PATIENT,
        # People without an appointment
        "queue.view_queue": TEAM,
        "queue.take_ticket": TEAM,
        "queue.change_priority": TEAM,
        "queue.call_next": TEAM,
        "queue.recall_entry": TEAM,
        "queue.begin_service": TEAM,
        "queue.return_to_queue": TEAM,
        "queue.complete_entry": TEAM,
        "queue.leave_queue": TEAM,
        "queue.view_departments": TEAM,
        "queue.add_department": ADMIN,
        "queue.update_department": ADMIN,
        "queue.retire_department": ADMIN,
        "queue.reopen_department": ADMIN,
        # What is known of medicines
        "medicines.view_medicines": DOCTOR_AND_ADMIN,
        "medicines.load_medicines": ADMIN,
        # Records: doctors write, administrators may read, reception does neither
        "records.chart": CLINICAL,
        "records.consultation": CLINICAL,
        "records.consultation_list": DOCTOR,
        "records.start_consultation": DOCTOR,
        "records.start_walk_in": DOCTOR,
        "records.save_consultation": DOCTOR,
        "records.sign_consultation": DOCTOR,
        "records.cancel_consultation": DOCTOR,
        # What a doctor who left has not signed is closed in the clinic's admin.
        "records.cancel_any_consultation": ADMIN,
        "records.add_addendum": DOCTOR,
        "records.text_template_list": DOCTOR_AND_ADMIN,
        "records.add_text_template": DOCTOR_AND_ADMIN,
        "records.update_text_template": DOCTOR_AND_ADMIN,
        "records.remove_text_template": DOCTOR_AND_ADMIN,
        "records.diagnoses": DOCTOR,
        "records.add_diagnosis": DOCTOR,
        "records.make_main_diagnosis": DOCTOR,
        "records.raise_diagnosis": DOCTOR,
        "records.remove_diagnosis": DOCTOR,
        "records.prescribe": DOCTOR,
        "records.save_prescription": DOCTOR,
        "records.favourite_list": DOCTOR,
        "records.add_favourite": DOCTOR,
        "records.rename_favourite": DOCTOR,
        "records.remove_favourite": DOCTOR,
        "records.check_prescription": DOCTOR,
        "records.activate_prescription": DOCTOR,
        "records.complete_prescription": DOCTOR,
        "records.stop_prescription": DOCTOR,
        "records.cancel_prescription": DOCTOR,
        "records.prescription": CLINICAL_AND_PATIENT,
        "records.portal_prescriptions": PATIENT,
        "records.portal_access": PATIENT,
        # Who looked: a doctor gives a reason for what is not in the own care (records/care.py)
        "records.break_glass": DOCTOR,
        "records.view_broken_glass": ADMIN,
        "records.search_trail": ADMIN,
        # Measurements: reception (a nurse at the desk) may take them, and reads none of them
        "observations.record_measurements": DOCTOR_AND_RECEPTION,
        "observations.measurements": CLINICAL,
        "observations.beside": CLINICAL,
        "observations.of_consultation": CLINICAL,
        "observations.growth": CLINICAL,
        "observations.enter_measurement_in_error": DOCTOR,
        "observations.portal_measurements": PATIENT,
        # Documents and values from elsewhere; the sensitive ones are the doctors' alone
        "documents.record_list": CLINICAL,
        "documents.sensitive_record": DOCTOR,
        "documents.record": CLINICAL_AND_PATIENT,
        "documents.record_file": CLINICAL_AND_PATIENT,
        "documents.add_record": DOCTOR,
        "documents.withdraw_record": DOCTOR,
        "documents.portal_records": PATIENT,
        # Papers of those who work here, and the clinic's own: everybody hands in, administrators decide
        "documents.paper_list": STAFF,
        "documents.paper": STAFF,
        "documents.paper_file": STAFF,
        "documents.add_paper": STAFF,
        "documents.verify_paper": ADMIN,
        "documents.reject_paper": ADMIN,
        **HISTORY,
        **MONEY,
        **OUT,
    }
)

# What nobody does for somebody else: the secret address of a calendar would outlast the guardianship.
NEVER_FOR_ANOTHER = frozenset({"scheduling.view_my_feed", "scheduling.make_feed", "scheduling.revoke_feed"})
# Before the clinic has seen the papers a guardian books, and keeps the address right, and reads no record.
BEFORE_PAPERS = frozenset(
    name for name, roles in PERMISSIONS.items() if P in roles and name.startswith("scheduling.")
) | {
    "members.view_me",
    "members.update_me",
    "members.view_family",
    "members.register_child",
    "members.hand_over",
    "members.take_back",
}
WITHHELD_BEFORE_PAPERS = frozenset(PERMISSIONS) - BEFORE_PAPERS | NEVER_FOR_ANOTHER


def allows(role: str | None, permission: str) -> bool:
    """Whether `role` may do `permission`. Nobody may do what the table does not name."""
    return role in PERMISSIONS.get(permission, frozenset())
