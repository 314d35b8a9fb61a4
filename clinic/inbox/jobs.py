"""What the inbox does by itself."""

from django.utils.translation import gettext_lazy as _

from clinic.inbox.services import forget_read_notifications
from clinic.jobs.table import Clinics, daily
from clinic.jobs.tasks import every_clinic


@every_clinic(
    daily(3, 29),
    _("Clears what people were told within the site and have read long ago."),
    clinics=Clinics.SERVED,
)
def forget_old_notifications() -> None:
    """Drop notifications that were read long ago."""
    forget_read_notifications()
