"""The real site, spoken to over HTTP."""

from collections.abc import Iterator

import pytest

from tests.server import Served, serving


@pytest.fixture
def one_worker(committed: None, in_acme: None) -> Iterator[Served]:
    """The site with a single process that answers: one knows whom one kills."""
    with serving(workers=1) as served:
        yield served


@pytest.fixture
def site(committed: None, in_acme: None) -> Iterator[Served]:
    """The site with as many processes as it has in life."""
    with serving() as served:
        yield served
