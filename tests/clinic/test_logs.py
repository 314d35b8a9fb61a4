"""What is written into the log opens nothing."""

import pytest

from clinic.logs import veiled

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
