"""What a page costs on our backend, on django-tenants' own, and on plain Django; and what the frame costs."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import Any

from django.conf import settings

from clinic.bench.figures import Figure, Keep, at_most, in_turn, milliseconds, ratio
from clinic.bench.pages import Page
from clinic.bench.world import Clinic

ROUNDS, TIMES = 24, 2
# Session and member: what any page asks for before its own statements.
SIGNED_IN = 2


class Worker:
    """A process that answers pages on one backend (clinic.bench.worker)."""

    def __init__(self, variant: str, schema: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "clinic.bench.worker", variant, schema],
            cwd=settings.BASE_DIR,
            # The order in sets must not make one process luckier than another.
            env=os.environ | {"PYTHONHASHSEED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, page: Page, times: int) -> dict[str, float]:
        """What `times` answers cost; of none, what one asks the database. Raises RuntimeError."""
        question = json.dumps({"page": asdict(page), "times": times})
        try:
            self._pipe("stdin").write(f"{question}\n")
            self._pipe("stdin").flush()
        except BrokenPipeError:
            said = ""
        else:
            said = self._pipe("stdout").readline()
        if not said:
            raise RuntimeError("A timed process ended: the reason is above.")
        cost: dict[str, float] = json.loads(said)
        return cost

    def _pipe(self, name: str) -> Any:
        return getattr(self.process, name)

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()


@contextmanager
def workers(schema: str) -> Iterator[dict[str, Worker]]:
    """A process for each backend, all of them on the tables of one clinic."""
    running = {variant: Worker(variant, schema) for variant in ("ours", "stock", "plain")}
    try:
        yield running
    finally:
        for worker in running.values():
            worker.stop()


def measure(clinic: Clinic) -> list[Figure]:
    """The tenancy's overhead on the day sheet; the day sheet and the chart beside the bare frame."""
    sheet, chart, frame = clinic.day_sheet(), clinic.chart(), clinic.frame()
    with workers(clinic.organization.schema_name) as running:
        for worker in running.values():
            for page in (sheet, chart, frame):
                worker.ask(page, TIMES)  # warm
        return [
            *_overhead(running, sheet),
            *_statements(running["ours"], sheet, chart, frame),
            *_beside_frame(running["ours"], sheet, chart, frame),
        ]


def _overhead(running: dict[str, Worker], sheet: Page) -> list[Figure]:
    messages = {variant: int(worker.ask(sheet, 0)["messages"]) for variant, worker in running.items()}
    bursts = {variant: partial(worker.ask, sheet, TIMES) for variant, worker in running.items()}
    taken = in_turn(bursts, ROUNDS)
    cpu, wall = _parts(taken, "cpu"), _parts(taken, "wall")
    title = f"day sheet, {len(sheet.rows)} rows"
    return [
        Figure(
            f"{title}: messages to the database",
            str(messages["ours"]),
            f"plain Django {messages['plain']}",
            messages["ours"] - messages["plain"],
            at_most(0, " more"),
            " more",
        ),
        Figure(
            f"{title}: messages to the database",
            str(messages["ours"]),
            f"django-tenants {messages['stock']}",
            messages["ours"] - messages["stock"],
            unit=" more",
        ),
        _cost(f"{title}: CPU of the site", cpu, "plain", at_most(1.05)),
        _cost(f"{title}: CPU of the site", cpu, "stock"),
        _cost(f"{title}: time with the database's", wall, "plain"),
        _cost(f"{title}: time with the database's", wall, "stock"),
    ]


NAMES = {"plain": "plain Django", "stock": "django-tenants"}


def _cost(what: str, costs: dict[str, list[float]], yardstick: str, keep: Keep | None = None) -> Figure:
    ours, theirs = costs["ours"], costs[yardstick]
    return Figure(
        what,
        milliseconds(min(ours)),
        f"{NAMES[yardstick]} {milliseconds(min(theirs))}",
        ratio(ours, theirs),
        keep,
    )


def _parts(taken: dict[str, list[dict[str, float]]], part: str) -> dict[str, list[float]]:
    return {name: [one[part] for one in bursts] for name, bursts in taken.items()}


def _statements(worker: Worker, sheet: Page, chart: Page, frame: Page) -> list[Figure]:
    """The pages' own statements: all but those of the session and the member."""
    none = int(worker.ask(frame, 0)["statements"])
    figures = []
    for name, page, keep in (("day sheet", sheet, at_most(4, "")), ("chart", chart, at_most(10, ""))):
        count = int(worker.ask(page, 0)["statements"])
        what = f"{name}: statements of its own"
        without = f"page without a database {none}"
        figures.append(Figure(what, f"{count} in all", without, count - SIGNED_IN, keep, ""))
    return figures


def _beside_frame(worker: Worker, sheet: Page, chart: Page, frame: Page) -> list[Figure]:
    pages = {"day sheet": sheet, "chart": chart, "frame": frame}
    bursts = {name: partial(worker.ask, page, TIMES) for name, page in pages.items()}
    taken = _parts(in_turn(bursts, ROUNDS // 2), "cpu")
    bare = taken["frame"]
    return [
        Figure(
            f"{name}, {len(pages[name].rows)} rows: CPU of the site",
            milliseconds(min(taken[name])),
            f"page without a database {milliseconds(min(bare))}",
            ratio(taken[name], bare),
        )
        for name in ("day sheet", "chart")
    ]
