"""The folder of the clinic's files, and files that are to leave it."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from clinic.db.current import connection


def folder() -> Path:
    """The folder of the clinic we are in."""
    return Path(settings.MEDIA_ROOT) / connection.schema_name


def forget(places: Iterable[str]) -> None:
    """Take these files away once it is sure that no row tells of them any more."""
    paths = [folder() / place for place in places]

    def leave() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(leave)
