"""A person with a browser, watched for errors on every page."""

from typing import Any

from playwright.sync_api import Page

from tests.server import AXE

# The shapes of pages on which it found nothing.
LOOKED_AT: set[str] = set()
WIDTHS = {"phone": {"width": 375, "height": 812}, "desktop": {"width": 1440, "height": 900}}
# WCAG 2.2 AA, as the design asks.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# FNV-1a, twice: 64 bits of it are enough to tell a thousand pages apart.
DIGEST = """text => {
  let [one, other] = [0x811c9dc5, 0x1000193];
  for (const letter of text) {
    one = Math.imul(one ^ letter.codePointAt(0), 0x1000193);
    other = Math.imul(other ^ letter.codePointAt(0), 0x85ebca6b);
  }
  return `${one} ${other}`;
}"""
# Colours on their way from light to dark are nobody's design: they arrive at once. Without `preload`:
# it rewrites imported style sheets (Django's admin has some) into inline ones, against the page's own policy.
# From the top: wherever the page was scrolled to, the bar at a phone's foot would cover half of some button.
# The frame around the pages is looked at once: while not a letter of such a part has changed, in this tab, at
# this width and in these colours, it is left out.
# Axe comes from the site, as the page's policy wants it, so that the browser keeps what it compiled of it.
RUN_AXE = """([only, source]) => Promise.race([
  new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  new Promise((_, fail) => setTimeout(() => fail(new Error("The browser draws no page any more.")), 20_000)),
]).then(() => window.axe || new Promise((done, fail) => {
  const script = document.createElement("script");
  Object.assign(script, {src: source, onload: done, onerror: () => fail(new Error("Axe did not come."))});
  document.head.append(script);
  script.remove();
})).then(async () => {
  scrollTo({top: 0, behavior: "instant"});
  document.getAnimations().forEach(moving => moving instanceof CSSTransition && moving.finish());
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const looks = part => [only, dark, innerWidth, part.outerHTML.replace(/ value="[^"]*"/g, "")];
  const key = part => digest(JSON.stringify(looks(part)));
  const parts = [...document.querySelectorAll("body > :is(header, nav, footer), #header, #nav-sidebar")];
  const known = parts.filter(part => sessionStorage[key(part)]);
  const result = await axe.run(
    {include: [document], exclude: known}, {runOnly: only, resultTypes: ["violations"], preload: false}
  );
  const found = result.violations.flatMap(
    violation => violation.nodes.map(node => `${violation.id}: ${node.html.slice(0, 160)}`));
  if (!found.length) parts.forEach(part => sessionStorage[key(part)] = "good");
  return found;
})""".replace("digest", f"({DIGEST})")
# What axe judges a page by, but for the words themselves and where links lead: elements, attributes, what is
# ticked, filled in or has the focus, where there is text and where none; at this width, in these colours.
SHAPE = """only => {
  const unsaid = /^(href|hx-(get|post|vals)|src|action|formaction|content|nonce|datetime|value)$/;
  const random = /[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}/g;
  const said = ({name, value}) => unsaid.test(name) ? name : `${name}=${value.replace(random, "#")}`;
  const shape = part => [
    part.localName, [...part.attributes].map(said),
    part.checked, part.disabled, Boolean(part.value), part === document.activeElement,
    [...part.childNodes].map(
      child => child.nodeType === 1 ? shape(child) : child.nodeType === 3 && child.data.trim() ? 1 : 0),
  ];
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return digest(JSON.stringify([only, dark, innerWidth, shape(document.documentElement)]));
}""".replace("digest", f"({DIGEST})")
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

    def open(self, host: str, path: str = "/") -> None:
        """Go to an address of the installation."""
        self.page.goto(f"http://{host}:{self.port}{path}")

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
            found += self.violations({"type": "tag", "values": RULES})
        wide = self.page.evaluate(TOO_WIDE)
        return [*found, f"{wide} px wider than the window"] if wide > 0 else found

    def violations(self, only: dict[str, Any]) -> list[str]:
        """What axe finds on the page in sight by the rules of `only`.

        Nothing where it has looked already, in any test of this process, at a page of the same shape.
        """
        shape = self.page.evaluate(SHAPE, only)
        if shape in LOOKED_AT:
            return []
        found = list(self.page.evaluate(RUN_AXE, [only, AXE]))
        if not found:
            LOOKED_AT.add(shape)
        return found
