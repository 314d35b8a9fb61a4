"""The life of an appointment: its states, and the one table of what may follow."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.states import Transitions


class Status(models.TextChoices):
    """Where an appointment stands (FHIR Appointment.status and Encounter.status, in our words).

    FHIR's `waitlist` is a state of the wish (WaitingListEntry): an appointment always has its time.
    """

    PROPOSED = "proposed", _("Offered")
    PENDING = "pending", _("To be confirmed")
    BOOKED = "booked", _("Booked")
    DECLINED = "declined", _("Declined")
    ARRIVED = "arrived", _("Arrived")
    CHECKED_IN = "checked_in", _("Checked in")
    FULFILLED = "fulfilled", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    RESCHEDULED = "rescheduled", _("Moved")
    NOSHOW = "noshow", _("Did not come")
    ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")


class Source(models.TextChoices):
    """Through which door the appointment came."""

    PUBLIC = "public", _("Public page")
    PORTAL = "portal", _("Patient's portal")
    RECEPTION = "reception", _("Reception")
    AGENT = "agent", _("Agent")
    WAITLIST = "waitlist", _("Waiting list")


class Mode(models.TextChoices):
    """Where doctor and patient meet (FHIR Encounter.class: AMB, VR, HH)."""

    IN_PERSON = "in_person", _("At the clinic")
    VIRTUAL = "virtual", _("By video")
    HOME = "home", _("At home")


# These keep the time from being given to anybody else; the first two only until their deadline.
UNCONFIRMED = (Status.PENDING, Status.PROPOSED)
HOLDING = (*UNCONFIRMED, Status.BOOKED, Status.ARRIVED, Status.CHECKED_IN)

# What a calendar draws: visits that hold their time, and those that held it to the end.
SEEN = (*HOLDING, Status.FULFILLED, Status.NOSHOW)

# The states in which an appointment may begin.
INITIAL = (Status.PENDING, Status.PROPOSED, Status.BOOKED)

# In the order in which the buttons are offered: the first is the commonest.
TRANSITIONS = Transitions(
    ("confirm_appointment", {Status.PENDING}, Status.BOOKED),
    ("accept_offer", {Status.PROPOSED}, Status.BOOKED),
    ("mark_arrived", {Status.BOOKED, Status.NOSHOW}, Status.ARRIVED),
    ("check_in_appointment", {Status.ARRIVED}, Status.CHECKED_IN),
    ("fulfil_appointment", {Status.CHECKED_IN}, Status.FULFILLED),
    ("reschedule_appointment", {Status.PENDING, Status.BOOKED}, Status.RESCHEDULED),
    # Another length changes nothing else; what was offered stays as it was offered.
    ("resize_appointment", {Status.PENDING}, Status.PENDING),
    ("resize_appointment", {Status.BOOKED}, Status.BOOKED),
    ("resize_appointment", {Status.ARRIVED}, Status.ARRIVED),
    ("resize_appointment", {Status.CHECKED_IN}, Status.CHECKED_IN),
    ("mark_noshow", {Status.BOOKED}, Status.NOSHOW),
    ("decline_appointment", {Status.PENDING}, Status.DECLINED),
    (
        "cancel_appointment",
        {Status.PENDING, Status.BOOKED, Status.ARRIVED, Status.CHECKED_IN},
        Status.CANCELLED,
    ),
    ("decline_offer", {Status.PROPOSED}, Status.CANCELLED),
    ("let_hold_go", {Status.PENDING, Status.PROPOSED}, Status.CANCELLED),
    (
        "enter_appointment_in_error",
        {Status.BOOKED, Status.ARRIVED, Status.CHECKED_IN, Status.NOSHOW},
        Status.ENTERED_IN_ERROR,
    ),
)
