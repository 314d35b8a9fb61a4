"""What papers need done by themselves."""

from django.utils.translation import gettext_lazy as _

from clinic.jobs.table import Clinics, daily
from clinic.jobs.tasks import every_clinic
from records.documents.services import remind_of_papers


@every_clinic(
    daily(4, 7), _("Tells people whose licence or other paper runs out soon."), clinics=Clinics.READABLE
)
def send_paper_reminders() -> None:
    """Remind of papers that run out."""
    remind_of_papers()
