"""Chromium at the real site, at phone and desktop width, watched for errors on every page it opens."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.visitor import WIDTHS, Visitor
from tests.server import FOR_A_BROWSER, serving

QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    # A page lives for a second: what the optimizing compilers do for it never pays.
    "--js-flags=--no-opt --no-maglev --always-sparkplug",
)
# Milliseconds: long enough for a machine that has much else to do; nobody waits that long for what comes.
PATIENCE = 60_000


# For a module, not for the session: Playwright's event loop runs in this thread until the browser closes.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    # Playwright keeps an event loop running in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    # Within Playwright's loop Django opens connections of its own. One left open here would lead to a
    # database that is replaced meanwhile, and the first test afterwards would find it dead.
    connections.close_all()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def site(committed: None, in_acme: None) -> Iterator[int]:
    """The port of the real site. What it stores is really stored, and gone after the test."""
    with serving(FOR_A_BROWSER) as served:
        yield served.port


@pytest.fixture(scope="module")
def shelf(chromium: Browser) -> dict[bool, list[BrowserContext]]:
    """Emptied browsers, with scripts and without, to be used again: a new one costs as much as two pages."""
    return {True: [], False: []}


@pytest.fixture
def visitor(
    chromium: Browser, shelf: dict[bool, list[BrowserContext]], site: int
) -> Iterator[Callable[..., Visitor]]:
    """`visitor(width="desktop", javascript=True)`: a person with an empty browser.

    One that is like no other (`options`), or that a test leaves in disorder (`fresh`), is used only once.
    """
    lent, single = [], []

    def arrive(
        width: str = "desktop",
        *,
        javascript: bool = True,
        axe: bool = True,
        fresh: bool = False,
        **options: Any,
    ) -> Visitor:
        is_single = fresh or bool(options)
        if shelf[javascript] and not is_single:
            context = shelf[javascript].pop()
        else:
            context = chromium.new_context(viewport=WIDTHS[width], java_script_enabled=javascript, **options)
            context.set_default_timeout(PATIENCE)
        (single if is_single else lent).append((javascript, context))
        page = context.new_page()
        if page.viewport_size != WIDTHS[width]:
            page.set_viewport_size(WIDTHS[width])
        return Visitor(page, site, javascript=javascript, axe=axe)

    yield arrive
    for _javascript, context in single:
        context.close()
    for javascript, context in lent:
        for page in context.pages:
            page.close()
        context.clear_cookies()
        shelf[javascript].append(context)


@pytest.fixture
def signed_in(
    visitor: Callable[..., Visitor], client_for: Callable[..., Any], acme: Any
) -> Callable[..., Visitor]:
    """`signed_in(member, organization=acme, width=…, javascript=…)`: the member's browser."""

    def arrive(member: Any, organization: Any = acme, **options: Any) -> Visitor:
        guest = visitor(**options)
        session = client_for(member, organization).cookies["session"].value
        guest.page.context.add_cookies(
            [{"name": "session", "value": session, "domain": organization.host(), "path": "/"}]
        )
        return guest

    return arrive
