"""State machines as one frozen table per model: pages, buttons, admin, database and tests read it."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from clinic.models import Refusal


class Transition(NamedTuple):
    """The verb (also the service, the URL and the permission) and what it leads from and to."""

    verb: str
    sources: frozenset[str]
    target: str


class Transitions:
    """All that may happen to a model's status."""

    def __init__(self, *rows: tuple[str, set[str], str]) -> None:
        self.rows = tuple(Transition(verb, frozenset(sources), target) for verb, sources, target in rows)

    def target(self, verb: str, status: str) -> str:
        """Where `verb` leads from `status`. Raises Refusal when it leads nowhere."""
        for row in self.rows:
            if row.verb == verb and status in row.sources:
                return row.target
        raise Refusal(
            _("This is no longer possible: it was changed in the meantime. Look at its present state.")
        )

    def verbs(self, status: str) -> tuple[str, ...]:
        """The verbs that may follow `status`, in the order of the table."""
        return tuple(row.verb for row in self.rows if status in row.sources)

    def pairs(self) -> list[tuple[str, str]]:
        """Every permitted (from, to), sorted: what the database's trigger enforces."""
        return sorted({(source, row.target) for row in self.rows for source in row.sources})
