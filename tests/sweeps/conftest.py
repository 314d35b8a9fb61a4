"""What pages show besides what they say, left out where it was shown already."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.template import Engine, engines

# The bar, the menu, the dialogs: of the one who asks, and the same on every page. What the last form came to
# is said once, on the page that follows.
FRAME = re.compile(r'\{% include "nav/(?!messages\b)\w+\.html" %\}|\{% menu request %\}')


def put(patch: pytest.MonkeyPatch, name: str, source: str) -> None:
    """Let every page that asks for this template find another one."""
    engine: Engine = engines["django"].engine
    patch.setitem(engine.template_loaders[0].get_template_cache, name, engine.from_string(source))


@pytest.fixture
def refusals_in_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages that say no, without their frame: the same two in four thousand answers.

    As every role sees them: test_a_refusal_is_a_page_of_the_clinic_to_each_role.
    """
    for name in ("403.html", "404.html"):
        put(monkeypatch, name, "No.")


@pytest.fixture
def no_frame(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[None]]:
    """`with no_frame():` pages are rendered whole, but for the frame that is the same around all of them.

    Only where each page is also rendered in its frame, or where the frame is looked at by itself.
    """
    source = engines["django"].engine.get_template("base.html").source
    content, parts = FRAME.subn("", source)
    assert parts > 5, "the frame is made of other parts now"

    @contextmanager
    def left_out() -> Iterator[None]:
        with monkeypatch.context() as patch:
            put(patch, "base.html", content)
            yield

    return left_out
