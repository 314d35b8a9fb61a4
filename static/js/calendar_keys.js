// Moving a visit without the mouse: m begins, the arrows change time and column, with Shift the length, Enter asks, Escape
// puts it back. What happens is said aloud.
const IS_DAY = /^\d{4}-\d\d-\d\d$/;

export function keysOf(place, { step, words, say, later, length, clock, columns, visit, columnOf, draw, redraw, move, resize }) {
  // The visit that is being moved: where it was and where it is.
  let now = null;

  const mounted = (id) => place.querySelector(`[data-visit="${CSS.escape(id)}"]`);
  // The grid draws a visit anew some frames after it was told to.
  const focus = (id, frames = 20) => requestAnimationFrame(() => {
    const there = mounted(id);
    // Unless one has gone on to something else meanwhile.
    const isFree = document.activeElement === document.body || place.contains(document.activeElement);
    if (there && isFree && there !== document.activeElement) there.focus();
    if (frames) focus(id, frames - 1);
  });
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  function tell() {
    const column = columns().find(({ key }) => key === now.column)?.name ?? "";
    say(fill(words.at, { start: clock(now.start), end: clock(now.end), column }));
  }

  function put(start, end, column) {
    Object.assign(now, { start, end, column });
    draw(now.id, start, end, column);
    focus(now.id);
    tell();
  }

  function begin(id) {
    const facts = visit(id);
    if (!("move" in facts) && !("resize" in facts)) return say(words.fixed);
    now = { id, name: facts.name, start: facts.start, end: facts.end, column: columnOf(facts) };
    draw(id, now.start, now.end, now.column);
    focus(id);
    return say(fill(words.moving, { name: facts.name }));
  }

  function back({ id, name } = now) {
    now = null;
    redraw();
    focus(id);
    say(fill(words.back, { name }));
  }

  function shift(minutes) {
    if (!("move" in visit(now.id))) return say(words.fixed);
    const start = later(now.start, minutes);
    // Within its day: the other days are to the left and right.
    if (start.slice(0, 10) === now.start.slice(0, 10)) put(start, later(now.end, minutes), now.column);
    return undefined;
  }

  function lengthen(minutes) {
    if (!("resize" in visit(now.id))) return say(words.fixedLength);
    const end = later(now.end, minutes);
    if (end > now.start) put(now.start, end, now.column);
    return undefined;
  }

  function aside(places) {
    if (!("move" in visit(now.id))) return say(words.fixed);
    const all = columns().map(({ key }) => key);
    const goal = all[all.indexOf(now.column) + places];
    if (goal === undefined) return undefined;
    const ahead = IS_DAY.test(goal) ? length({ start: `${now.column}T00:00`, end: `${goal}T00:00` }) : 0;
    put(later(now.start, ahead), later(now.end, ahead), goal);
    return undefined;
  }

  function ask() {
    const facts = visit(now.id);
    const minutes = length(now);
    const isMoved = now.start !== facts.start || now.column !== columnOf(facts);
    const isResized = minutes !== length(facts);
    if (!isMoved && !isResized) return back();
    const wanted = now;
    now = null;
    if (isMoved) return move(wanted.id, wanted.start, wanted.column, minutes, () => back(wanted));
    return resize(wanted.id, minutes, () => back(wanted));
  }

  const isBackwards = getComputedStyle(place).direction === "rtl" ? -1 : 1;
  const MOVES = {
    ArrowUp: () => shift(-step), ArrowDown: () => shift(step),
    ArrowLeft: () => aside(-isBackwards), ArrowRight: () => aside(isBackwards),
    Enter: ask, Escape: () => back(), Tab: () => back(),
  };
  const LENGTHS = { ArrowUp: () => lengthen(-step), ArrowDown: () => lengthen(step) };

  // On the whole page: a visit that has just changed its column is drawn anew, and is out of focus for a moment.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!now) {
      const found = event.key === "m" && event.target.closest("[data-visit]");
      if (found) begin(found.dataset.visit);
      return;
    }
    const act = (event.shiftKey && LENGTHS[event.key]) || MOVES[event.key];
    if (!act) return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
    act();
  }, true);

  return {
    get moving() { return now !== null; },
    focus,
  };
}
