"""The jobs that empty the outbox."""

from django.utils.translation import gettext_lazy as _

from clinic.jobs.table import EVERY_MINUTE, Clinics
from clinic.jobs.tasks import every_clinic, on_the_platform, tenant_task
from clinic.notifications import services


@tenant_task
def deliver(message_id: str) -> None:
    """Send one message."""
    services.deliver_message(message_id)


@every_clinic(
    EVERY_MINUTE,
    _("Sends messages that are due, and tries again those that could not be sent."),
    clinics=Clinics.SERVED,
)
def deliver_due() -> None:
    """Send what is due and still waiting."""
    services.deliver_due()


@on_the_platform(EVERY_MINUTE, _("Sends the platform's own messages that are due."))
def deliver_due_of_platform() -> None:
    """Send what is due in the platform's own outbox."""
    services.deliver_due()
