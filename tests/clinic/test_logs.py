"""What is written into the log opens nothing."""

import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.contextvars import clear_contextvars, get_contextvars

from accounts.middleware import LogMiddleware
from clinic.logs import configuration, veiled

TOKEN = "2uEnkc9ewWSipK1C1TvT2yIvp4FzuzsB2uCqDH84xEg"
RECORD = "f6f4d093-a1e0-4e4d-a406-871e4df0053a"


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (f"GET /calendar/feed/{TOKEN}.ics", "GET /calendar/feed/….ics"),
        (f"POST /visit/{TOKEN}/confirm/{TOKEN}/", "POST /visit/…/confirm/…/"),
        (f"Not Found: /invitation/{TOKEN}/?next=/", "Not Found: /invitation/…/?next=/"),
        (f"GET /appointments/{RECORD}/", f"GET /appointments/{RECORD}/"),
    ],
)
def test_a_secret_link_is_not_in_the_log(path: str, written: str) -> None:
    assert veiled(None, "info", {"event": path, "request": path}) == {"event": written, "request": written}


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [(0, "192.0.2.1"), (1, "198.51.100.7"), (2, "203.0.113.9")],
)
def test_a_line_says_where_our_own_proxies_saw_the_request_come_from(
    rf: Any, settings: Any, proxies: int, seen: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    told = {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7", "HTTP_X_REAL_IP": "1.1.1.1"}
    LogMiddleware.bind_ip(rf.get("/", REMOTE_ADDR="192.0.2.1", **told))
    assert get_contextvars()["ip"] == seen
    clear_contextvars()


@pytest.fixture
def as_it_was() -> Iterator[None]:
    """The log's own settings, afterwards."""
    yield
    logging.config.dictConfig(configuration("ERROR"))


@pytest.mark.usefixtures("as_it_was")
@pytest.mark.parametrize("level", ["INFO", "WARNING", "ERROR"])
def test_django_writes_what_is_asked_for_and_no_more(level: str) -> None:
    logging.config.dictConfig(configuration(level))
    log = logging.getLogger("django.request")
    assert log.isEnabledFor(logging.getLevelName(level))
    assert not log.isEnabledFor(logging.getLevelName(level) - 1)
