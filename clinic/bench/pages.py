"""The pages that are timed, and what each must show: its rows, its clinic, and nothing of another."""

import re
from dataclasses import dataclass

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"


class WrongPageError(Exception):
    """A timed page was not the page it should have been: its time means nothing."""


@dataclass(frozen=True)
class Page:
    """A page of a clinic, asked for by somebody signed in there (or by nobody, without a cookie).

    `rows` are the keys of what it lists, found in links that match `row` (a regular expression with the key
    as its group); `foreign` is what only the other clinic's pages say.
    """

    host: str
    path: str
    cookie: str
    clinic: str
    foreign: str
    row: str = ""
    rows: tuple[str, ...] = ()

    def check(self, status: str, body: str) -> None:
        """Raise WrongPageError unless this is the page, with every row, of this clinic."""
        if not status.startswith("200"):
            raise WrongPageError(f"{self.path} of {self.clinic}: {status}")
        if self.clinic not in body or self.foreign in body:
            raise WrongPageError(f"{self.path} is not the page of {self.clinic}.")
        shown = set(re.findall(self.row, body)) if self.row else set()
        if shown != set(self.rows):
            raise WrongPageError(
                f"{self.path} of {self.clinic} shows {len(shown)} rows, not the {len(self.rows)} it should."
            )
