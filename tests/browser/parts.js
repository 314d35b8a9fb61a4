// What axe judges the page in sight by: the kinds of its elements, and for each element, in the order of the
// document, its kind and the number of what it stands in. Elements of one kind are good or bad alike, at this
// width and in this light: whatever axe's rules read of an element and of what it stands in is part of its
// kind. The words themselves, where links lead and what things are called are not.
async () => {
  // What a change of width or light brings about has begun when the next picture has been drawn.
  const sight = JSON.stringify([matchMedia("(prefers-color-scheme: dark)").matches, innerWidth]);
  if (window.sightBefore && window.sightBefore !== sight) await Promise.race([
    new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    new Promise((_, fail) => setTimeout(() => fail(new Error("The browser draws no page any more.")), 20_000)),
  ]);
  window.sightBefore = sight;
  // From the top: wherever the page was scrolled to, the bar at a phone's foot would cover half of some button.
  scrollTo({top: 0, behavior: "instant"});
  // Colours on their way from light to dark are nobody's design: they arrive at once, and then those that
  // follow them.
  const moving = () => document.getAnimations().filter(each => each instanceof CSSTransition);
  for (let all = moving(); all.length; all = moving()) all.forEach(each => each.finish());

  // Attributes whose words count; those of which counts that there are some; those that name other elements.
  const WORDS = /^(role|type|lang|dir|autocomplete|tabindex|scope|colspan|rowspan|hidden|disabled|readonly|multiple|open|inert|contenteditable|http-equiv|usemap|controls|autoplay|muted|draggable|aria-(?!label$|valuetext$).*)$/;
  const SOME = /^(href|title|alt|placeholder|label|summary|aria-label|aria-valuetext)$/;
  const REFERS = /^(for|list|headers|aria-(activedescendant|controls|describedby|details|errormessage|flowto|labelledby|owns))$/;
  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable], iframe";
  const WIDGETS = `${FOCUSABLE}, [role]`;
  const NAMED_BY_WORDS = "a, button, summary, [role]:not([role=search], [role=group], [role=region], [role=navigation])";
  const PLAIN = /^(div|span|section|article|form|p|fieldset|header|footer|main|aside|nav|strong|em|b|i|small|h[1-6])$/;
  // A target is too small below this many pixels (WCAG 2.2, 2.5.8), unless there is room around it.
  const TARGET = 24;

  const named = new Map();
  document.querySelectorAll("[id]").forEach(({id}) => named.set(id, (named.get(id) ?? 0) + 1));
  const is_said = element => Boolean(element?.textContent.trim());
  const referred = id => `${named.get(id) ?? 0}${is_said(document.getElementById(id))}`;
  const said = ({name, value}) =>
    REFERS.test(name) ? `${name}=${value.split(/\s+/).map(referred)} `
    : SOME.test(name) ? `${name}=${Boolean(value.trim())} `
    : WORDS.test(name) ? `${name}=${value} `
    : "";
  const kind = element => `${element.localName} ${element.getAttribute("role") ?? ""}`;
  const has_text = element => [...element.childNodes].some(child => child.nodeType === 3 && child.data.trim());
  // Lists, tables and what has a role must be made of the right parts, and the parts stand in the right place.
  const is_plain = element => PLAIN.test(element.localName) && !element.hasAttribute("role");
  const made_of = element => is_plain(element) ? "" : [...new Set([...element.children].map(kind))].sort().join();
  // Large text needs less contrast (WCAG 2.2, 1.4.3); links in a text differ from it in any of many ways.
  const is_large = ({fontSize, fontWeight}) => parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24);
  const text = (element, style) => [
    style.color, is_large(style), style.textShadow, style.display === "inline", style.position === "static",
    element.localName === "a" && style.display === "inline" && [getComputedStyle(element.parentElement).color,
      style.fontSize, style.fontWeight, style.fontStyle, style.textDecorationLine],
  ].join(" ");

  const boxes = [];
  const box = element => element.getBoundingClientRect();
  const gap = (one, other) => Math.hypot(
    Math.max(0, one.left - other.right, other.left - one.right), Math.max(0, one.top - other.bottom, other.top - one.bottom));
  // A small target, and how near to it the next one is.
  const room = (element, {display}) => {
    const own = box(element);
    if (display === "inline" || !own.width || !own.height || Math.min(own.width, own.height) >= TARGET) return "";
    if (!boxes.length) boxes.push(...[...document.querySelectorAll(WIDGETS)].map(other => [other, box(other)]));
    const others = boxes.filter(([other, {width}]) => width && other !== element && !other.contains(element));
    const nearest = Math.min(TARGET, ...others.map(([, other]) => gap(own, other)));
    return `${own.width.toFixed()} ${own.height.toFixed()} ${nearest.toFixed()}`;
  };
  const label = element => element.getAttribute("aria-label");
  const widget = (element, style) => [
    is_said(element), element.disabled, Boolean(element.value), element.querySelector(FOCUSABLE) !== null,
    element.labels && [...element.labels].map(is_said), room(element, style), text(element, style),
    // A name that is not seen has to hold the words that are seen, where these would be the name.
    label(element) && element.matches(NAMED_BY_WORDS) && `${label(element)}≠${element.textContent.trim()}`,
  ].join();
  const scrolls = (element, {overflowX, overflowY}) => /auto|scroll/.test(overflowX + overflowY)
    && (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight)
    && `scrolls ${element.matches(FOCUSABLE) || element.querySelector(FOCUSABLE) !== null}`;
  // What a text stands on: the last ground that nothing shines through, and what was painted on it.
  const painted = (ground, {backgroundColor, backgroundImage: image, opacity}) => {
    const backgroundImage = image.replaceAll(location.origin, "");
    if (opacity !== "1") return `${ground} (${opacity}: ${backgroundColor} ${backgroundImage}`;
    if (backgroundImage !== "none") return `${ground} ${backgroundColor} ${backgroundImage}`;
    if (/, 0\)$/.test(backgroundColor)) return ground;
    return /^rgba|\//.test(backgroundColor) || ground.includes("(0.") ? `${ground} ${backgroundColor}` : backgroundColor;
  };

  const kinds = new Map();
  const elements = [];
  const found = [];
  const read = (element, parent, ground, above) => {
    const own = [above, kind(element), [...element.attributes].map(said).join(""), made_of(element)];
    const number = elements.push(element) - 1;
    const is_drawn = element.checkVisibility();
    if (is_drawn) {
      const style = getComputedStyle(element);
      ground = painted(ground, style);
      own.push(has_text(element) && ground + text(element, style), scrolls(element, style));
      if (element.matches(WIDGETS)) own.push(ground, widget(element, style));
    }
    if (named.get(element.id) > 1) own.push("not the only one of its name");
    if (element.localName === "title") own.push(is_said(element));
    if (element.localName === "meta") own.push(element.name === "viewport" || element.httpEquiv ? element.content : "");
    const key = `${sight} ${is_drawn} ${own.join("|")}`;
    if (!kinds.has(key)) kinds.set(key, kinds.size);
    found.push([kinds.get(key), parent]);
    // What is not drawn axe does not judge, nor what a picture is drawn with.
    if ((is_drawn && element.localName !== "svg") || element.localName === "head") {
      const within = is_plain(element) ? "" : kind(element);
      for (const child of element.children) read(child, number, ground, within);
    }
  };
  read(document.documentElement, -1, "", "");
  window.partsInSight = elements;
  return [[...kinds.keys()], found];
}
