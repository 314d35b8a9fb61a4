"""Sessions that are worth something only in the schema where they began (DESIGN section 5, law 3)."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from clinic.db.current import connection


class SessionStore(DatabaseSessionStore):
    """Django's database sessions, each stamped with its schema; a stamp of another schema reads as empty."""

    STAMP = "_schema"

    def encode(self, session_dict: dict[str, Any]) -> str:
        """The stored form of the session, with the stamp of the schema it is stored in."""
        return super().encode({**session_dict, self.STAMP: connection.schema_name})

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """The session's content, or nothing when it was made in another schema."""
        content = super().decode(session_data)
        return content if content.pop(self.STAMP, None) == connection.schema_name else {}
