"""How a peer is asked: a line of standard input says what to do and how often, a line of output its cost."""

import datetime
import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator

from clinic.bench.pages import WrongPageError


class Desk(ABC):
    """A program's front desk. What it does is checked; a wrong answer raises WrongPageError."""

    @abstractmethod
    def fill(self, rows: int) -> None:
        """Make the visits that the timed day lists."""

    @abstractmethod
    def day(self, times: int) -> dict[str, float]:
        """What it costs to show the day's visits: seconds of `cpu` (this process's) and `wall`."""

    @abstractmethod
    def book(self, times: int) -> dict[str, float]:
        """What it costs to book a visit through the program's own way in."""


def serve(desk: Desk) -> None:
    """Do what is asked until nothing more is."""
    for line in sys.stdin:
        verb, number = json.loads(line)
        costs = getattr(desk, verb)(number)
        sys.stdout.write(json.dumps(costs) + "\n")
        sys.stdout.flush()


def expect(holds: bool, otherwise: str) -> None:
    """Raise WrongPageError with the sentence unless it holds."""
    if not holds:
        raise WrongPageError(otherwise)


def times() -> Iterator[datetime.datetime]:
    """Half hours of the days from a month from now on, without a zone."""
    today = datetime.datetime.now(datetime.UTC).replace(
        hour=9, minute=0, second=0, microsecond=0, tzinfo=None
    )
    day = today + datetime.timedelta(days=30)
    while True:
        for number in range(16):
            yield day + number * datetime.timedelta(minutes=30)
        day += datetime.timedelta(days=1)
