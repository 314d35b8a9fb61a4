"""What the calendar does by itself."""

from contextlib import suppress

from django.utils.translation import gettext_lazy as _

from clinic.jobs.table import EVERY_MINUTE, EVERY_QUARTER, Clinics, daily, hourly
from clinic.jobs.tasks import every_clinic
from clinic.models import Refusal
from scheduling.models import Appointment, WaitingListEntry
from scheduling.services import (
    describe_clinic,
    forget_addresses,
    keep_public_holidays,
    let_hold_go,
    let_wish_go,
    make_the_round,
    note_missed_visits,
    remind_patients,
    withdraw_offers_in_the_way,
)


@every_clinic(
    EVERY_MINUTE,
    _("Frees the times of requests and offers that nobody answered in time."),
    clinics=Clinics.READABLE,
)
def let_holds_go() -> None:
    """Free the times of requests whose deadline has passed."""
    for appointment in Appointment.objects.overdue_holds():
        # Answered in this very moment: then there is nothing to let go.
        with suppress(Refusal):
            let_hold_go(appointment)


@every_clinic(
    EVERY_MINUTE,
    _("Reminds patients of their visits, as the rules for booking say."),
    clinics=Clinics.READABLE,
)
def send_reminders() -> None:
    """Write the reminders that are due."""
    remind_patients()


@every_clinic(EVERY_QUARTER, _("Notes visits as missed to which nobody came."))
def sweep_missed_visits() -> None:
    """Visits that are over, by as many hours as the clinic's rules say, and still only booked."""
    note_missed_visits()


@every_clinic(EVERY_MINUTE, _("Offers times that became free to those on the waiting list."))
def offer_free_times() -> None:
    """Offer what became free by itself (new hours, leave taken back) to those who wait.

    First what was offered while leave was being entered is taken back.
    """
    withdraw_offers_in_the_way(by=None)
    make_the_round()


@every_clinic(EVERY_QUARTER, _("Tells the directory of clinics when the next time is free."))
def tell_directory() -> None:
    """Let people who look for a clinic see what it offers, and when."""
    describe_clinic()


@every_clinic(daily(1, 17), _("Enters the public holidays of the years ahead, if the clinic closes on them."))
def bring_in_public_holidays() -> None:
    """Enter the public holidays of the years ahead, where the clinic closes on them."""
    keep_public_holidays()


@every_clinic(
    EVERY_QUARTER,
    _("Takes those off the waiting list whose last day has passed, and tells them."),
    clinics=Clinics.READABLE,
)
def let_wishes_go() -> None:
    """Take off the waiting list whose last day has passed, and tell them."""
    for entry in WaitingListEntry.objects.over():
        with suppress(Refusal):
            let_wish_go(entry)


@every_clinic(
    hourly(23),
    _("Clears what was kept of the internet addresses that requests came from."),
    clinics=Clinics.SERVED,
)
def forget_where_requests_came_from() -> None:
    """Clear what was kept of internet addresses once it no longer counts."""
    forget_addresses()
