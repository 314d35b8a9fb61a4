"""Finding every page of both sites, and an address for each that leads to something real."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

CLINIC = settings.ROOT_URLCONF
PLATFORM = settings.PUBLIC_SCHEMA_URLCONF

# Pages that are about something only with a question.
QUERIES = {
    "members:add_role": "?role=receptionist",
    "texts:update_message_text": "?kind=reminder&channel=email&language=en",
    "texts:use_standard_text": "?kind=reminder&channel=email&language=en",
}


class Page(NamedTuple):
    """One named URL: its route, as /patients/<uuid:pk>/chart/, and who may open it."""

    name: str
    route: str
    permission: str | None

    def __str__(self) -> str:
        return self.name

    @property
    def has_arguments(self) -> bool:
        """Whether the address names a record."""
        return "<" in self.route

    def address(self, values: Mapping[str, Any]) -> str:
        """The page's address; an argument takes the value named by the part of the route before it.

        Raises KeyError when the world has nothing of that name: give it one.
        """
        parts = self.route.split("/")
        for place, part in enumerate(parts):
            if part.startswith("<"):
                parts[place] = str(values[parts[place - 1]])
        return "/".join(parts) + QUERIES.get(self.name, "")


def pages(urlconf: str) -> list[Page]:
    """Every named page of a site, the admin's apart."""
    found = {page.name: page for page in _walk(get_resolver(urlconf), "", "/")}
    return list(found.values())


def _walk(resolver: URLResolver, namespace: str, prefix: str) -> Iterator[Page]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver) and entry.namespace != "admin":
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, inner, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern) and entry.name:
            permission = getattr(entry.callback, "permission", None)
            yield Page(f"{namespace}{entry.name}", prefix + str(entry.pattern), permission)
