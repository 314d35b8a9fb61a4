"""What people do with the calendar: one function, one verb, one transaction."""

from scheduling.services.availability import (
    add_availability_exception,
    add_availability_rule,
    add_availability_rules,
    remove_availability_exception,
    remove_availability_rule,
    update_availability_rule,
)
from scheduling.services.booking import book_appointment, request_appointment, reschedule_appointment
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
    serve_waiting_list,
)

__all__ = [
    "accept_offer",
    "adapt_appointment_type",
    "add_appointment_type",
    "add_availability_exception",
    "add_availability_rule",
    "add_availability_rules",
    "add_usual_appointment_types",
    "book_appointment",
    "cancel_appointment",
    "check_in_appointment",
    "confirm_appointment",
    "decline_appointment",
    "decline_offer",
    "enter_appointment_in_error",
    "fulfil_appointment",
    "join_waiting_list",
    "leave_waiting_list",
    "let_hold_go",
    "mark_arrived",
    "mark_noshow",
    "remove_availability_exception",
    "remove_availability_rule",
    "request_appointment",
    "reschedule_appointment",
    "restore_appointment_type",
    "retire_appointment_type",
    "serve_waiting_list",
    "update_appointment_type",
    "update_availability_rule",
]
