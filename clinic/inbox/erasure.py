"""What becomes of what a person who is erased was told."""

from clinic.erasure.table import IDENTITY, declare
from clinic.inbox.models import Notification

declare(Notification, "member", delete=IDENTITY)
