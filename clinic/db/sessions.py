"""Sessions that are worth something only in the schema where they began (DESIGN section 5, law 3)."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.utils import timezone

from clinic.db.current import connection

# When its person was last heard of, in seconds of the epoch; every stored session says so.
SEEN = "_seen"


def seconds_now() -> int:
    """The time as sessions write it."""
    return int(timezone.now().timestamp())


class SessionStore(DatabaseSessionStore):
    """Django's database sessions, each stamped with its schema; a stamp of another schema reads as empty."""

    STAMP = "_schema"

    def encode(self, session_dict: dict[str, Any]) -> str:
        """The stored form of the session, with the stamps of the schema and of when its person was there."""
        return super().encode({SEEN: seconds_now(), **session_dict, self.STAMP: connection.schema_name})

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """The session's content, or nothing when it was made in another schema."""
        content = super().decode(session_data)
        return content if content.pop(self.STAMP, None) == connection.schema_name else {}
