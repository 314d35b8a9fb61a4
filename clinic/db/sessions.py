"""Sessions that are worth something only in the schema where they began (DESIGN section 5, law 3)."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db.models import QuerySet
from django.utils import timezone

from clinic.db.current import connection
from clinic.db.prepared import Prepared

if TYPE_CHECKING:
    from django.contrib.sessions.models import Session

# When its person was last heard of, in seconds of the epoch; every stored session says so.
SEEN = "_seen"


def _stored(key: str, now: datetime) -> "QuerySet[Session]":
    sessions: Any = apps.get_model("sessions", "Session").objects
    return sessions.filter(session_key=key, expire_date__gt=now)


STORED = Prepared(_stored, key="a key", now=datetime.min.replace(tzinfo=UTC))


def seconds_now() -> int:
    """The time as sessions write it."""
    return int(timezone.now().timestamp())


class SessionStore(DatabaseSessionStore):
    """Django's database sessions, each stamped with its schema; a stamp of another schema reads as empty."""

    STAMP = "_schema"

    def _get_session_from_db(self) -> "Session | None":
        for stored in STORED.rows(key=self.session_key, now=timezone.now()):
            return stored
        self._session_key = None
        return None

    def encode(self, session_dict: dict[str, Any]) -> str:
        """The stored form of the session, with the stamps of the schema and of when its person was there."""
        return super().encode({SEEN: seconds_now(), **session_dict, self.STAMP: connection.schema_name})

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """The session's content, or nothing when it was made in another schema."""
        content = super().decode(session_data)
        return content if content.pop(self.STAMP, None) == connection.schema_name else {}
