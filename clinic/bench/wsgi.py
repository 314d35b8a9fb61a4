"""Asking a WSGI application for pages: no server, no test client, nothing of ours between."""

import gc
import io
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

Application = Callable[..., Any]


class Answer(NamedTuple):
    """What the application answered."""

    status: str
    headers: dict[str, str]
    body: str


def ask(
    application: Application, host: str, path: str, cookie: str = "", form: dict[str, Any] | None = None
) -> Answer:
    """The answer to a GET, or to a POST of `form`."""
    sent = b"" if form is None else urlencode(form).encode()
    return answer(application, environ(host, path, cookie, sent, form is not None))


def answer(application: Application, asked: dict[str, Any]) -> Answer:
    """What the application answers to what a server hands over."""
    said: list[Any] = []
    response = application(asked, lambda *start: said.extend(start))
    body = b"".join(response)
    response.close()
    return Answer(said[0], dict(said[1]), body.decode())


def environ(host: str, path: str, cookie: str, sent: bytes, is_post: bool) -> dict[str, Any]:
    """What a server hands over."""
    path, _mark, query = path.partition("?")
    return {
        "REQUEST_METHOD": "POST" if is_post else "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": host,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": host,
        "HTTP_COOKIE": cookie,
        "HTTP_USER_AGENT": "bench",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(sent),
        "wsgi.errors": sys.stderr,
    }


def cost(works: Iterable[Callable[[], Any]]) -> tuple[dict[str, float], list[Any]]:
    """Seconds of CPU (this process's) and of waiting that one of the works takes, and what they answered."""
    everything = list(works)
    gc.collect()
    started, worked = time.perf_counter(), time.process_time()
    answers = [work() for work in everything]
    cpu, wall = time.process_time() - worked, time.perf_counter() - started
    return {"cpu": cpu / len(everything), "wall": wall / len(everything)}, answers
