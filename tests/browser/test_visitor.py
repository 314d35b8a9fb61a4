"""The watch itself: axe looks again wherever anything that it judges a page by has changed."""

from collections.abc import Callable

import pytest

from tests.browser import visitor as watch
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
# A part that axe finds good; it is looked at, and then spoilt in one way after the other.
GOOD = """
<section id="trial">
  <p id="told">What to do next.</p>
  <p>Go on <a id="linked" href="#there">to the next page</a> and come back.</p>
  <form><label for="asked">Your name</label> <input id="asked" autocomplete="name" aria-describedby="told">
    <button id="pressed" type="button">Send it</button></form>
  <ul id="listed" role="list"><li>One</li></ul>
  <table><tr><th id="headed" scope="row">Total</th><td>12</td></tr></table>
  <div id="drawn" role="img" aria-label="A curve"></div>
  <div><button type="button" class="target">1</button><button type="button" class="target">2</button></div>
</section>
"""
SHOW = """good => {
  document.getElementById("trial")?.remove();
  document.querySelector("main").insertAdjacentHTML("afterbegin", good);
  document.querySelectorAll(".target").forEach(small =>
    Object.assign(small.style, {width: "16px", height: "16px", padding: 0, margin: "12px"}));
}"""
SPOILT = {
    "color-contrast": [
        "told.style.color = '#aaa'",
        "told.style.background = '#444'",
        "trial.style.background = '#444'",
        "told.style.opacity = '0.4'",
        "asked.value = 'Ada'; asked.style.color = '#bbb'",
        "pressed.style.color = '#888'; pressed.style.backgroundColor = '#777'",
    ],
    "label": [
        "document.querySelector('[for=asked]').remove()",
        "document.querySelector('[for=asked]').textContent = ''",
        "document.querySelector('[for=asked]').htmlFor = 'told'",
    ],
    "button-name": ["pressed.textContent = ''"],
    "link-name": ["linked.textContent = ''"],
    "role-img-alt": ["drawn.removeAttribute('aria-label')", "drawn.setAttribute('aria-label', ' ')"],
    "image-alt": ["told.append(new Image(40, 40))"],
    "aria-allowed-attr": ["linked.setAttribute('aria-checked', 'true')"],
    "aria-valid-attr-value": ["asked.setAttribute('aria-invalid', 'perhaps')"],
    "aria-roles": ["drawn.setAttribute('role', 'curve')"],
    "autocomplete-valid": ["asked.setAttribute('autocomplete', 'my-name')"],
    "list": ["listed.removeAttribute('role'); listed.append(document.createElement('p'))"],
    "listitem": ["trial.append(document.createElement('li'))"],
    "label-content-name-mismatch": ["pressed.setAttribute('aria-label', 'Close')"],
    "nested-interactive": ["pressed.innerHTML = 'Send <a href=/>it</a>'"],
    "valid-lang": ["told.lang = 'english'"],
    "html-has-lang": ["document.documentElement.removeAttribute('lang')"],
    "document-title": ["document.title = ''"],
    "meta-viewport": ["document.querySelector('[name=viewport]').content = 'user-scalable=no'"],
    "link-in-text-block": ["linked.style.textDecoration = 'none'"],
    "td-headers-attr": ["headed.nextElementSibling.setAttribute('headers', 'nothing')"],
    "scrollable-region-focusable": ["Object.assign(listed.style, {overflow: 'auto', height: '5px'})"],
    "target-size": ["document.querySelectorAll('.target').forEach(small => small.style.margin = 0)"],
}


def test_axe_looks_again_at_whatever_has_changed(visitor: Callable[..., Visitor]) -> None:
    guest = visitor(fresh=True)
    guest.open("localhost")
    guest.page.evaluate(SHOW, GOOD)
    assert guest.violations() == []
    missed = {}
    for rule, ways in SPOILT.items():
        for way in ways:
            guest.open("localhost")
            guest.page.evaluate(SHOW, GOOD)
            known = watch.known_among(*guest.page.evaluate(watch.PARTS))
            assert known == [0], "it was found good before"
            guest.page.evaluate(f"() => {{ {way} }}")
            if not any(found.startswith(f"{rule}:") for found in guest.violations()):
                missed[way] = rule
    assert not missed
