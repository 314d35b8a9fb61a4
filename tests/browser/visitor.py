"""A person with a browser, watched for errors on every page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, Response

from tests.server import AXE

# The kinds of elements in which it found nothing.
FOUND_GOOD: set[str] = set()
WIDTHS = {"phone": {"width": 375, "height": 812}, "desktop": {"width": 1440, "height": 900}}
# WCAG 2.2 AA, as the design asks.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What axe judges a page by, element for element.
PARTS = (Path(__file__).parent / "parts.js").read_text()
# The more parts are left out, the longer axe looks which they are.
MOST_LEFT_OUT = 40
# Without `preload`: it rewrites imported style sheets (Django's admin has some) into inline ones, against the
# page's own policy. Axe comes from the site, as that policy wants it, so that the browser keeps what it
# compiled of it.
RUN_AXE = """([tags, source, known]) => (window.axe ? Promise.resolve() : new Promise((done, fail) => {
  const script = document.createElement("script");
  Object.assign(script, {src: source, onload: done, onerror: () => fail(new Error("Axe did not come."))});
  document.head.append(script);
  script.remove();
})).then(async () => {
  const left = known.map(number => partsInSight[number]);
  const options = {runOnly: tags, resultTypes: ["violations"], preload: false};
  const result = await axe.run({include: [document], exclude: left}, options);
  return result.violations.flatMap(
    violation => violation.nodes.map(node => `${violation.id}: ${node.html.slice(0, 160)}`));
})"""
# What the browser says where a file comes, or nothing at all (204).
NO_PAGE = ("Download is starting", "net::ERR_ABORTED")
IS_WHOLE = "document.doctype !== null && document.contentType === 'text/html'"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Visitor:
    """A person with a browser; what goes wrong in it is kept until `check` tells."""

    def __init__(self, page: Page, port: int, *, javascript: bool = True, axe: bool = True) -> None:
        self.page = page
        self.port = port
        self.javascript = javascript
        self.axe = axe and javascript
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error} ({page.url})"))
        page.on("console", self._hear)
        page.on("response", self._look)

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "favicon" not in message.text:
            self.problems.append(f"console: {message.text} ({self.page.url})")

    def _look(self, response: Any) -> None:
        if response.status >= 500:
            self.problems.append(f"error {response.status} ({response.url})")

    def open(self, host: str, path: str = "/") -> Response | None:
        """Go to an address of the installation; its answer."""
        return self.page.goto(f"http://{host}:{self.port}{path}")

    def is_shown(self, host: str, path: str) -> bool:
        """Go to an address; whether there is a page to look at: no refusal, no file, no part for htmx.

        Only errors of the site are remembered of what is no page.
        """
        try:
            answer = self.open(host, path)
        except Error as error:
            if not any(reason in error.message for reason in NO_PAGE):
                raise
            answer = None
        if (
            answer is not None
            and answer.status == 200
            and not answer.request.redirected_from
            and self.page.evaluate(IS_WHOLE)
        ):
            return True
        self.problems[:] = [problem for problem in self.problems if problem.startswith("error 5")]
        return False

    def check(self) -> None:
        """Nothing is wrong with the page in sight."""
        found = self.complaints()
        assert not found, f"{self.page.url}\n" + "\n".join(found)

    def check_at_every_width(self) -> None:
        """Nothing is wrong with the page in sight, on a phone as on a desktop."""
        for size in WIDTHS.values():
            self.page.set_viewport_size(size)
            self.check()

    def complaints(self) -> list[str]:
        """What is wrong with the page in sight, and what went wrong on the way to it.

        Server's and script's errors, CSP violations, accessibility violations, sideways scroll. Without
        JavaScript, or where axe has looked already, without axe's part.
        """
        # A click may have led to a page that has just begun to come.
        self.page.wait_for_load_state()
        found = list(self.problems)
        self.problems.clear()
        if self.axe:
            found += self.violations()
        wide = self.page.evaluate(TOO_WIDE)
        return [*found, f"{wide} px wider than the window"] if wide > 0 else found

    def violations(self) -> list[str]:
        """What axe finds on the page in sight.

        It looks at elements of a kind it has not found good before, in any test of this process.
        """
        kinds, elements = self.page.evaluate(PARTS)
        known = known_among(kinds, elements)
        if known == [0]:
            return []
        found = list(self.page.evaluate(RUN_AXE, [RULES, AXE, known]))
        if not found:
            FOUND_GOOD.update(kinds)
        return found


def known_among(kinds: list[str], elements: list[tuple[int, int]]) -> list[int]:
    """The largest parts of a page in which every element is known to be good, by the number they begin with.

    Each of the `elements` says which of the `kinds` it is, and the number of what it stands in.
    """
    is_new = [kind not in FOUND_GOOD for kind in kinds]
    sizes, is_open = [1] * len(elements), [is_new[kind] for kind, _parent in elements]
    for number in range(len(elements) - 1, 0, -1):
        parent = elements[number][1]
        sizes[parent] += sizes[number]
        is_open[parent] = is_open[parent] or is_open[number]
    whole = [
        number
        for number, (_kind, parent) in enumerate(elements)
        if not is_open[number] and (parent < 0 or is_open[parent])
    ]
    return sorted(whole, key=lambda number: -sizes[number])[:MOST_LEFT_OUT]
