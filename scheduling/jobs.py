"""What the calendar does by itself."""

from contextlib import suppress

from clinic.jobs import every_clinic
from clinic.models import Refusal
from scheduling.models import Appointment
from scheduling.services import let_hold_go, serve_waiting_list


@every_clinic(cron="* * * * *")
def let_holds_go() -> None:
    """Free the times of requests whose deadline has passed."""
    for appointment in Appointment.objects.overdue_holds():
        # Answered in this very moment: then there is nothing to let go.
        with suppress(Refusal):
            let_hold_go(appointment)


@every_clinic(cron="* * * * *")
def offer_free_times() -> None:
    """Offer what became free by itself (new hours, leave taken back) to those who wait."""
    serve_waiting_list()
