"""The menu offers what may be opened, on every page one may open."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from accounts.members.navigation import MENUS, SUPPORT, UNSEEN, Item, drawn
from accounts.members.roles import Role, allows
from clinic.access import SIGNED_IN
from tests.people import StaffFactory, with_login
from tests.sweeps.pages import CLINIC, Page, pages

PAGES = {page.name: page for page in pages(CLINIC)}
# Reached from the bar, from a letter or before anybody is known: no place of the menu is theirs.
ELSEWHERE = ("inbox:", "tenants", "account", "mfa", "members:finish", "members:accept")


def items(role: str) -> tuple[Item, ...]:
    return (*MENUS[role].first, *MENUS[role].more)


@pytest.mark.parametrize("role", Role)
def test_every_role_is_offered_only_what_it_may_open(role: str) -> None:
    for item in items(role):
        if item.page != "admin:index":
            permission = PAGES[item.page].permission or ""
            assert permission == SIGNED_IN or permission == "public" or allows(role, permission), item.page
            assert not PAGES[item.page].has_arguments


def test_what_lies_under_the_thumb_are_four_at_most() -> None:
    assert all(len(menu.first) <= 4 for menu in MENUS.values())
    assert set(MENUS) == {*Role, SUPPORT, UNSEEN}


@pytest.mark.parametrize("role", Role)
def test_what_stands_behind_an_item_exists(role: str) -> None:
    rooms = {name.partition(":")[0] + ":" for name in PAGES}
    for item in items(role):
        assert set(item.behind) <= {*PAGES, *rooms}, item.page


def shown(role: str) -> Iterator[Page]:
    """Pages of ours that the role opens by a link."""
    for page in PAGES.values():
        if page.permission and allows(role, page.permission) and not page.name.startswith(ELSEWHERE):
            yield page


@pytest.mark.parametrize("role", Role)
def test_one_item_at_most_is_marked_and_the_page_itself_says_page(role: str) -> None:
    for page in shown(role):
        marked = [line for lines in drawn(role, page.name) for line in lines if line.current]
        assert len(marked) <= 1, page.name
    for item in items(role):
        (line,) = [line for lines in drawn(role, item.page) for line in lines if line.current]
        assert (line.url, line.current) == (reverse(item.page, CLINIC), "page")


@pytest.mark.django_db
def test_everybody_is_shown_the_menu_of_their_own_role_however_often_others_ask(client_for: Any) -> None:
    browsers = {role: client_for(with_login(StaffFactory(role=role))) for role in (Role.ADMIN, Role.AGENT)}
    for path in ("/me/", "/notifications/", "/me/"):
        for role, browser in browsers.items():
            answer = browser.get(path)
            page = answer.content.decode()
            nav = page[page.index('<nav class="nav-main"') : page.index("</nav>")]
            lines = [line for part in drawn(role, answer.resolver_match.view_name) for line in part]
            assert re.findall(r'<a class="nav-item" href="([^"]+)"', nav) == [line.url for line in lines]
            assert nav.count("aria-current") == sum(bool(line.current) for line in lines)
