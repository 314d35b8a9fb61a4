"""What becomes of letters and text messages to a person who is erased."""

from clinic.erasure.table import IDENTITY, declare
from clinic.notifications.models import OutboxMessage

declare(OutboxMessage, "member_id", delete=IDENTITY)
