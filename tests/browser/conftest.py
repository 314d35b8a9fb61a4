"""Chromium at the real site, at phone and desktop width, watched for errors on every page it opens."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from tests.server import serving

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
WIDTHS = {"phone": {"width": 375, "height": 812}, "desktop": {"width": 1440, "height": 900}}
# WCAG 2.2 AA, as the design asks.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def site(committed: None, in_acme: None) -> Iterator[int]:
    """The port of the real site. What it stores is really stored, and gone after the test."""
    with serving() as port:
        settings.PUBLIC_PORT = str(port)
        yield port
    settings.PUBLIC_PORT = ""


class Visitor:
    """A person with a browser."""

    def __init__(self, page: Page, port: int) -> None:
        self.page = page
        self.port = port
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "favicon" not in message.text:
            self.problems.append(f"console: {message.text} ({self.page.url})")

    def open(self, host: str, path: str = "/") -> None:
        """Go to an address of the installation."""
        self.page.goto(f"http://{host}:{self.port}{path}")

    def check(self) -> None:
        """No script error, no CSP violation, no accessibility violation on the page in sight."""
        if self.page.evaluate("typeof window.axe") == "undefined":
            # evaluate, not a script tag: the page's own policy forbids strangers' scripts.
            self.page.evaluate(AXE.read_text())
        result = self.page.evaluate(
            "rules => axe.run({runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
        )
        found = [
            f"{violation['id']}: {node['html'][:160]}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
        assert not found, f"{self.page.url}\n" + "\n".join(found)
        assert not self.problems, "\n".join(self.problems)
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the window"


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> str:
    """Phone and desktop."""
    return str(request.param)


@pytest.fixture
def visitor(chromium: Browser, site: int) -> Iterator[Callable[..., Visitor]]:
    """`visitor(width="desktop", javascript=True)`: a person with a fresh browser."""
    contexts = []

    def arrive(width: str = "desktop", *, javascript: bool = True, **options: Any) -> Visitor:
        context = chromium.new_context(viewport=WIDTHS[width], java_script_enabled=javascript, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Visitor(context.new_page(), site)

    yield arrive
    for context in contexts:
        context.close()
