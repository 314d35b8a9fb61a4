"""What the clinic's calendar is made of."""

from scheduling.models.appointments import Appointment
from scheduling.models.availability import AvailabilityException, AvailabilityRule, Weekday
from scheduling.models.slots import Slot, free_slots, is_within_hours, nearby_slots, next_free, offered_slot
from scheduling.models.states import HOLDING, TRANSITIONS, Source, Status

__all__ = [
    "HOLDING",
    "TRANSITIONS",
    "Appointment",
    "AvailabilityException",
    "AvailabilityRule",
    "Slot",
    "Source",
    "Status",
    "Weekday",
    "free_slots",
    "is_within_hours",
    "nearby_slots",
    "next_free",
    "offered_slot",
]
