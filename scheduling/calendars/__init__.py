"""Visits as calendar programs read them (iCalendar: RFC 5545, 5546, 7986).

A visit is one event through all its moves: its UID is the appointment's `calendar_id` at the platform's
domain, whatever host the clinic has today, and its SEQUENCE grows with every move, change of length and
cancellation. Calendars lie with third parties and are shared in families: no entry says why somebody comes,
what kind of visit it is or what the doctor's subject is, and a doctor's calendar has the patient's initials.
"""

from scheduling.calendars.entries import SHOWN, Entry, for_patient, for_staff
from scheduling.calendars.feeds import feed_of
from scheduling.calendars.files import File, for_letter, single

__all__ = ["SHOWN", "Entry", "File", "feed_of", "for_letter", "for_patient", "for_staff", "single"]
