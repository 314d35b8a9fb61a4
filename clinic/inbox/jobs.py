"""What the inbox does by itself."""

from clinic.inbox.services import forget_read_notifications
from clinic.jobs.tasks import every_clinic


@every_clinic(cron="29 3 * * *")
def forget_old_notifications() -> None:
    """Drop notifications that were read long ago."""
    forget_read_notifications()
