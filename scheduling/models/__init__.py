"""What the clinic's calendar is made of."""

from scheduling.models.appointments import Appointment
from scheduling.models.assistance import Assistance
from scheduling.models.availability import AvailabilityException, AvailabilityRule, Weekday
from scheduling.models.branches import Branch, Room
from scheduling.models.closings import ClosingDay
from scheduling.models.feeds import CalendarFeed
from scheduling.models.policy import BookingPolicy
from scheduling.models.series import AppointmentSeries
from scheduling.models.slots import (
    Slot,
    count_free,
    free_slots,
    is_within_hours,
    nearby_slots,
    next_free,
    offered_slot,
)
from scheduling.models.states import HOLDING, TRANSITIONS, Mode, Source, Status
from scheduling.models.types import AppointmentType, DoctorAppointmentType
from scheduling.models.waiting import WaitingListEntry

__all__ = [
    "HOLDING",
    "TRANSITIONS",
    "Appointment",
    "AppointmentSeries",
    "AppointmentType",
    "Assistance",
    "AvailabilityException",
    "AvailabilityRule",
    "BookingPolicy",
    "Branch",
    "CalendarFeed",
    "ClosingDay",
    "DoctorAppointmentType",
    "Mode",
    "Room",
    "Slot",
    "Source",
    "Status",
    "WaitingListEntry",
    "Weekday",
    "count_free",
    "free_slots",
    "is_within_hours",
    "nearby_slots",
    "next_free",
    "offered_slot",
]
