"""Finding every page of both sites, and an address for each that leads to something real."""

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse


class Page(NamedTuple):
    """One named URL, with the names of what it needs."""

    name: str
    arguments: tuple[str, ...]
    permission: str | None

    def __str__(self) -> str:
        return self.name


def pages(urlconf: str) -> list[Page]:
    """Every named page of a site."""
    found = {page.name: page for page in _walk(get_resolver(urlconf), "")}
    return list(found.values())


def _walk(resolver: URLResolver, namespace: str) -> Iterator[Page]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            arguments = tuple(entry.pattern.regex.groupindex)
            yield Page(f"{namespace}{entry.name}", arguments, getattr(entry.callback, "permission", None))


def addresses(page: Page, urlconf: str, values: list[Any]) -> Iterator[str]:
    """Addresses of the page with each combination of `values` for its arguments, at most 400."""
    if page.name.startswith("admin:"):
        return
    combinations = itertools.product(values, repeat=len(page.arguments))
    for chosen in itertools.islice(combinations, 400):
        try:
            yield reverse(page.name, urlconf, kwargs=dict(zip(page.arguments, chosen, strict=True)))
        except NoReverseMatch:
            continue


CLINIC = settings.ROOT_URLCONF
PLATFORM = settings.PUBLIC_SCHEMA_URLCONF
