"""A process that answers pages on one backend: `python -m clinic.bench.worker <variant> <schema>`.

Each line of standard input asks for a burst (JSON, a `Page` and `times`), each line of standard output says
what it cost. It is the WSGI application that is called: no server, no test client, nothing of ours between.
"""

import gc
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

from clinic.bench import variants
from clinic.bench.pages import Page

Application = Callable[..., Any]


def environ(page: Page) -> dict[str, Any]:
    """What a server hands over for a GET of the page."""
    path, _mark, query = page.path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": page.host,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": page.host,
        "HTTP_COOKIE": page.cookie,
        "HTTP_USER_AGENT": "bench",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }


def answer(application: Application, page: Page) -> tuple[str, bytes]:
    """The status and the body of one page."""
    said: list[str] = []
    response = application(environ(page), lambda status, headers, error=None: said.append(status))
    body = b"".join(response)
    response.close()
    return said[0], body


def burst(application: Application, page: Page, times: int) -> dict[str, float]:
    """Seconds of CPU (this process's) and of waiting for one page, from `times` of them; each is checked."""
    gc.collect()
    started, worked = time.perf_counter(), time.process_time()
    answers = [answer(application, page) for _time in range(times)]
    cpu, wall = time.process_time() - worked, time.perf_counter() - started
    for status, body in answers:
        page.check(status, body.decode())
    return {"cpu": cpu / times, "wall": wall / times}


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
            cost = burst(application, page, times)
        else:
            with counted() as cost:
                burst(application, page, 1)
        sys.stdout.write(json.dumps(cost) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    variants.configure(*sys.argv[1:])
    from django.core.wsgi import get_wsgi_application

    serve(get_wsgi_application())
