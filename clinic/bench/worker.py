"""A process that answers pages on one backend: `python -m clinic.bench.worker <variant> <schema>`.

Each line of standard input asks for a burst (JSON, a `Page` and `times`), each line of standard output says
what it cost.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from django.db import connection

from clinic.bench import variants
from clinic.bench.pages import Page
from clinic.bench.wsgi import Application, ask, cost
from clinic.frames import roomy


def burst(application: Application, page: Page, times: int) -> dict[str, float]:
    """What one page costs, taken from `times` of them; each is checked. Raises WrongPageError."""
    costs, answers = cost([partial(ask, application, page.host, page.path, page.cookie)] * times)
    for answer in answers:
        page.check(answer.status, answer.body)
    return costs


@contextmanager
def counted() -> Iterator[dict[str, float]]:
    """The block's statements through Django, and its messages: each wait for PostgreSQL, whoever asked."""
    counts: dict[str, float] = {"statements": 0, "messages": 0}
    wait = psycopg.Connection.wait

    def waiting(*args: Any, **kwargs: Any) -> Any:
        counts["messages"] += 1
        return wait(*args, **kwargs)

    def executing(execute: Callable[..., Any], *args: Any) -> Any:
        counts["statements"] += 1
        return execute(*args)

    psycopg.Connection.wait = waiting  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(executing):
            yield counts
    finally:
        psycopg.Connection.wait = wait  # type: ignore[method-assign]


def serve(application: Application) -> None:
    """Answer the questions of the process that started us, until it has no more."""
    for line in sys.stdin:
        asked = json.loads(line)
        page, times = Page(**asked["page"]), asked["times"]
        if times:
            costs = burst(application, page, times)
        else:
            with counted() as costs:
                burst(application, page, 1)
        sys.stdout.write(json.dumps(costs) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    variants.configure(*sys.argv[1:])
    from django.core.wsgi import get_wsgi_application

    # As clinic.wsgi does it: where frames happen to lie must not make one backend luckier than another.
    serve(roomy(get_wsgi_application()))
