"""What the clinic's invoices do by themselves."""

from django.utils.translation import gettext_lazy as _

from billing.services import remind_of_overdue
from clinic.jobs.table import daily
from clinic.jobs.tasks import every_clinic


@every_clinic(daily(8, 40), _("Reminds patients of overdue invoices, as the rules for invoices say."))
def remind_debtors() -> None:
    """Write the reminders that are due today."""
    remind_of_overdue()
