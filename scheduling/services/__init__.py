"""What people do with the calendar: one function, one verb, one transaction."""

from scheduling.services.agents import (
    book_for_patient,
    cancel_for_patient,
    register_brought_patient,
    request_for_patient,
    reschedule_for_patient,
)
from scheduling.services.assistance import log_assistance
from scheduling.services.availability import (
    add_availability_exception,
    add_availability_rule,
    add_availability_rules,
    remove_availability_exception,
    remove_availability_rule,
    update_availability_rule,
)
from scheduling.services.booking import book_appointment, reschedule_appointment
from scheduling.services.branches import (
    add_branch,
    add_room,
    assign_room,
    reopen_branch,
    reopen_room,
    retire_branch,
    retire_room,
    update_branch,
    update_room,
)
from scheduling.services.closings import (
    add_closing_day,
    close_on_holiday,
    close_on_public_holidays,
    keep_public_holidays,
    remove_closing_day,
    work_on_holiday,
    work_on_public_holidays,
)
from scheduling.services.directory import describe_clinic
from scheduling.services.feeds import make_feed, revoke_feed
from scheduling.services.leave import (
    cancel_stranded_visits,
    move_stranded_visits,
    withdraw_offers_in_the_way,
)
from scheduling.services.missed import note_missed_visits
from scheduling.services.outbox import requeue_message
from scheduling.services.policy import update_booking_policy
from scheduling.services.reminders import remind_patients
from scheduling.services.requests import confirm_request, forget_addresses, request_appointment
from scheduling.services.resizing import resize_appointment
from scheduling.services.series import book_series, cancel_series, move_series
from scheduling.services.steps import (
    cancel_appointment,
    check_in_appointment,
    confirm_appointment,
    decline_appointment,
    enter_appointment_in_error,
    fulfil_appointment,
    let_hold_go,
    mark_arrived,
    mark_noshow,
)
from scheduling.services.types import (
    adapt_appointment_type,
    add_appointment_type,
    add_usual_appointment_types,
    restore_appointment_type,
    retire_appointment_type,
    update_appointment_type,
)
from scheduling.services.waiting import (
    accept_offer,
    decline_offer,
    join_waiting_list,
    leave_waiting_list,
    let_wish_go,
    make_the_round,
    serve_waiting_list,
    withdraw_offer,
)

__all__ = [
    "accept_offer",
    "adapt_appointment_type",
    "add_appointment_type",
    "add_availability_exception",
    "add_availability_rule",
    "add_availability_rules",
    "add_branch",
    "add_closing_day",
    "add_room",
    "add_usual_appointment_types",
    "assign_room",
    "book_appointment",
    "book_for_patient",
    "book_series",
    "cancel_appointment",
    "cancel_for_patient",
    "cancel_series",
    "cancel_stranded_visits",
    "check_in_appointment",
    "close_on_holiday",
    "close_on_public_holidays",
    "confirm_appointment",
    "confirm_request",
    "decline_appointment",
    "decline_offer",
    "describe_clinic",
    "enter_appointment_in_error",
    "forget_addresses",
    "fulfil_appointment",
    "join_waiting_list",
    "keep_public_holidays",
    "leave_waiting_list",
    "let_hold_go",
    "let_wish_go",
    "log_assistance",
    "make_feed",
    "make_the_round",
    "mark_arrived",
    "mark_noshow",
    "move_series",
    "move_stranded_visits",
    "note_missed_visits",
    "register_brought_patient",
    "remind_patients",
    "remove_availability_exception",
    "remove_availability_rule",
    "remove_closing_day",
    "reopen_branch",
    "reopen_room",
    "request_appointment",
    "request_for_patient",
    "requeue_message",
    "reschedule_appointment",
    "reschedule_for_patient",
    "resize_appointment",
    "restore_appointment_type",
    "retire_appointment_type",
    "retire_branch",
    "retire_room",
    "revoke_feed",
    "serve_waiting_list",
    "update_appointment_type",
    "update_availability_rule",
    "update_booking_policy",
    "update_branch",
    "update_room",
    "withdraw_offer",
    "withdraw_offers_in_the_way",
    "work_on_holiday",
    "work_on_public_holidays",
]
