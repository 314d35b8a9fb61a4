"""What the clinic's calendar is made of."""

from scheduling.models.appointments import HOLDING, Appointment
from scheduling.models.availability import AvailabilityException, AvailabilityRule

__all__ = ["HOLDING", "Appointment", "AvailabilityException", "AvailabilityRule"]
