"""The calendar: a day with all doctors, a doctor's week, a month at a glance, the day on paper."""

from scheduling.views.calendar.dialog import resize_appointment
from scheduling.views.calendar.pages import calendar, print_day

__all__ = ["calendar", "print_day", "resize_appointment"]
