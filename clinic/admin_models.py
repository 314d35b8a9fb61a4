"""The models of an admin, which stand beside each of its pages."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class AppList(list[dict[str, Any]]):
    """The apps and their models, as Django lists them: nothing of one person or of one clinic.

    Sixty of them are half of what a page costs, so each list remembers how it is drawn at each place.
    """

    def __init__(self, apps: Iterable[dict[str, Any]]) -> None:
        super().__init__(apps)
        self._drawn: dict[tuple[str, bool], SafeString] = {}

    def drawn(self, path: str, show_changelinks: bool) -> SafeString:
        """The list as HTML on the page at `path`, where its own app and model are marked."""
        here = max(
            (address for address in self._addresses() if path.startswith(address)), default="", key=len
        )
        key = (here, show_changelinks)
        if key not in self._drawn:
            known = {"app_list": self, "here": here, "show_changelinks": show_changelinks}
            self._drawn[key] = render_to_string("admin/apps.html", known)
        return self._drawn[key]

    def _addresses(self) -> Iterator[str]:
        for app in self:
            yield app["app_url"]
            yield from (model["admin_url"] for model in app["models"] if model["admin_url"])
