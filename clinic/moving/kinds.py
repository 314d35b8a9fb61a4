"""What can be brought in: each room declares its kinds in its `moving.py` (found as `jobs.py` are)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.urls import reverse

from clinic.moving.journal import Journal
from clinic.moving.models import ImportRun


@dataclass(frozen=True)
class Kind:
    """One kind of import.

    `page`: the name of the URL (with the import's key) that shows what it would do. `work(run, journal)`
    brings it in, inside a transaction, notes in the journal what it made, and answers how many of what; a
    Refusal undoes all of it.
    """

    name: str
    label: Any
    icon: str
    page: str
    work: Callable[[ImportRun, Journal], dict[str, Any]]
    position: int = 100
    about: Any = ""
    # The name of the URL where one begins, and of the list of what came ("" where there is none).
    begin: str = "moving:upload_table"
    result: str = ""
    # Whether `page` shows the import in every state, and not only while it waits.
    is_whole: bool = False

    @property
    def url(self) -> str:
        """Where one begins."""
        return f"{reverse(self.begin)}?kind={self.name}"

    @property
    def result_url(self) -> str:
        """Where one sees what came."""
        return reverse(self.result)


_rows: dict[str, Kind] = {}
KINDS: Mapping[str, Kind] = MappingProxyType(_rows)


def enter(kind: Kind) -> None:
    """Put a kind into the table."""
    if kind.name in _rows:
        raise ValueError(f"Two kinds of import are called {kind.name}.")
    _rows[kind.name] = kind
