// The calendar: draws the page's own list of visits as a grid (EventCalendar), asks for the list again now and then, and
// turns dragging and the keys into the same forms that the pages without JavaScript have, shown in a dialog.
const place = document.getElementById("calendar");
const dialog = document.getElementById("calendar-dialog");
const said = document.getElementById("calendar-said");
const words = place.dataset;
// By the name it has among the static files.
const { keysOf } = await import(words.keys);
const isDay = words.view === "day";
const WIDE = window.matchMedia("(min-width: 768px)");
const REFRESH = 40_000;
const MINUTE = 60_000;
const KEPT = "calendar-as";

const list = () => document.getElementById("calendar-list");
const item = (id) => list().querySelector(`[data-id="${CSS.escape(id)}"]`);
const say = (text) => { said.textContent = text; };

// Times are the clinic's, written as its clocks show them; the browser's own zone plays no part. Read as UTC they can be
// reckoned with and written again. The grid's own dates are in the browser's zone, so they are not asked: only by how much
// something was dragged.
const read = (label) => new Date(`${label}:00Z`);
const label = (date) => date.toISOString().slice(0, 16);
const later = (text, minutes) => label(new Date(read(text).getTime() + minutes * MINUTE));
const minutesOf = ({ days, seconds }) => days * 24 * 60 + seconds / 60;
const length = ({ start, end }) => (read(end) - read(start)) / MINUTE;
// As the page's other times are written: 08:00 or 8:00.
const CLOCK = { hour: words.eight.startsWith("0") ? "2-digit" : "numeric", minute: "2-digit" };
const locale = words.locale.replace("_", "-");
const format = new Intl.DateTimeFormat(locale, { ...CLOCK, timeZone: "UTC" });
const clock = (text) => format.format(read(text));

// ---------- the list, drawn ----------

let calendar = null;
let undrawn = false;

const element = (tag, css, text) => {
  const made = document.createElement(tag);
  made.className = css;
  made.textContent = text;
  return made;
};

function drawn(dataset, said) {
  return {
    id: dataset.id,
    start: dataset.start,
    end: dataset.end,
    resourceIds: [dataset.doctor],
    startEditable: "move" in dataset,
    durationEditable: "resize" in dataset,
    classNames: ["visit", `state-${dataset.state}`],
    extendedProps: { name: dataset.name, ...said },
  };
}

const events = () => [
  ...Array.from(list().querySelectorAll("[data-shut]"), ({ dataset }) => ({
    display: "background", start: dataset.start, end: dataset.end, resourceIds: [dataset.shut], classNames: ["shut"],
  })),
  ...Array.from(list().querySelectorAll("[data-id]"), (line) => drawn(line.dataset, {
    state: Array.from(line.querySelectorAll(".state"), (each) => each.textContent).join(" · "),
    whose: line.closest(".calendar-column").dataset.name,
  })),
];

function content({ event, timeText }) {
  const { name, state, whose } = event.extendedProps;
  if (!name) return undefined;
  const parts = [["visit-time", timeText], ["visit-name", name], ["visit-state", state], ["visually-hidden", whose]];
  return { domNodes: parts.map(([css, text]) => element("span", css, `${text} `)) };
}

const columns = () => Array.from(list().querySelectorAll(".calendar-column"), ({ dataset }) => dataset);

function options() {
  const { firstHour, lastHour } = list().dataset;
  const height = { day: 28, week: 28 }[words.view];
  return {
    view: isDay ? "resourceTimeGridDay" : "timeGridWeek",
    date: columns()[0].day,
    firstDay: 1,
    timeZone: words.offset.replace(/(\d\d)$/, ":$1"),
    locale,
    eventTimeFormat: CLOCK,
    slotLabelFormat: CLOCK,
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    slotMinTime: `${firstHour}:00`,
    slotMaxTime: `${lastHour}:00`,
    slotDuration: { minutes: Number(words.step) },
    snapDuration: { minutes: Number(words.step) },
    slotLabelInterval: "01:00",
    slotHeight: height,
    slotEventOverlap: false,
    nowIndicator: true,
    displayEventEnd: false,
    editable: true,
    dragScroll: true,
    resources: isDay ? columns().map(({ doctor, name }) => ({ id: doctor, title: name })) : [],
    events: events(),
    eventContent: content,
    eventDidMount: ({ el, event }) => {
      if (!event.id || event.display !== "auto") return;
      el.dataset.visit = event.id;
      el.title = [event.extendedProps.name, event.extendedProps.state].join(", ");
      el.setAttribute("aria-describedby", "calendar-help");
    },
    eventClick: ({ event }) => { if (!keys.moving) window.location.assign(item(event.id).querySelector("a").href); },
    dateClick: ({ dateStr, resource }) => book(dateStr.slice(0, 16), resource?.id ?? columns()[0].doctor),
    eventDragStart: () => { undrawn = true; },
    eventDragStop: () => { undrawn = false; },
    eventResizeStart: () => { undrawn = true; },
    eventResizeStop: () => { undrawn = false; },
    eventDrop: ({ event, delta, newResource, revert }) => {
      const { start, end, doctor } = item(event.id).dataset;
      move(event.id, later(start, minutesOf(delta)), newResource?.id ?? doctor, length({ start, end }), revert);
    },
    eventResize: ({ event, endDelta, revert }) => resize(event.id, length(item(event.id).dataset) + minutesOf(endDelta), revert),
  };
}

function draw() {
  if (calendar) {
    const inFocus = document.activeElement.dataset.visit;
    for (const [name, value] of Object.entries(options())) {
      if (["events", "slotMinTime", "slotMaxTime"].includes(name)) calendar.setOption(name, value);
    }
    if (inFocus) keys.focus(inFocus);
  } else {
    calendar = EventCalendar.create(place, options());
  }
  // It calls itself a table, but its visits stand in no cell: each says itself whose it is.
  requestAnimationFrame(() => {
    // Scrolled by the keys also where there is no visit to stand on.
    place.querySelector(".ec-main").tabIndex = 0;
    for (const part of place.querySelectorAll("[role]:not([role=button])")) {
      for (const name of ["role", "aria-colindex", "aria-colspan", "aria-colcount"]) part.removeAttribute(name);
    }
  });
}

function book(at, doctor) {
  if (!words.book) return;
  const asked = new URLSearchParams({ doctor, at, from: at.slice(0, 10), on: at.slice(0, 10) });
  window.location.assign(`${words.book}?${asked}`);
}

// ---------- calendar or list ----------

const kept = () => { try { return localStorage.getItem(KEPT); } catch { return null; } };

function show() {
  // Should the grid's script not have come, there is the list.
  const asGrid = WIDE.matches && kept() !== "list" && "EventCalendar" in window;
  place.hidden = !asGrid;
  list().hidden = asGrid;
  for (const button of document.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", String((button.dataset.show === "grid") === asGrid));
  }
  if (asGrid) draw();
  told = facts();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show]");
  if (!button) return;
  try { localStorage.setItem(KEPT, button.dataset.show); } catch { /* private window: for this page only */ }
  show();
});
WIDE.addEventListener("change", show);

// ---------- the forms, in the dialog ----------

// What puts the visit back where it was, until its form is sent and accepted.
let springBack = null;
// By what the visit is found again afterwards: moved, it has another key.
let goal = null;

async function ask(url, fields, revert, facts) {
  springBack = revert;
  goal = facts;
  const asked = new URLSearchParams({ ...fields, next: window.location.pathname + window.location.search });
  try {
    await htmx.ajax("GET", `${url}?${asked}`, { target: "#calendar-form", swap: "innerHTML", source: dialog });
  } catch {
    leave();
  }
}

function move(id, start, doctor, minutes, revert) {
  const { move: url, name } = item(id).dataset;
  ask(url, { other: start, doctor, minutes }, revert, { name, start, doctor });
}

function resize(id, minutes, revert) {
  const { resize: url, name, start, doctor } = item(id).dataset;
  ask(url, { minutes }, revert, { name, start, doctor });
}

function leave() {
  const back = springBack;
  springBack = null;
  goal = null;
  if (dialog.open) dialog.close();
  back?.();
}

dialog.addEventListener("close", leave);
dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-leave]")) leave();
});

document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id === "calendar-list") {
    springBack = null;
    if (dialog.open) {
      dialog.close();
      say(document.querySelector("#messages .undo")?.firstChild.textContent ?? words.done);
    } else if (facts() === told) {
      return;
    }
    show();
    const there = goal && Array.from(list().querySelectorAll("[data-id]"), ({ dataset }) => dataset)
      .find(({ name, start, doctor }) => name === goal.name && start === goal.start && doctor === goal.doctor);
    goal = null;
    if (there) keys.focus(there.id);
  } else if (target.id === "calendar-form" || target.closest?.("#calendar-form")) {
    if (!dialog.open) dialog.showModal();
    const field = dialog.querySelector(".is-invalid, [name=overbook_reason]");
    (field ?? dialog.querySelector("[type=submit]"))?.focus();
  }
});
for (const trouble of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(trouble, () => { if (springBack || dialog.open) leave(); });
}

// ---------- fresh by itself ----------

// Asked again, the list mostly says the same: then nothing is drawn anew under somebody's hands.
let told = "";
const facts = () => JSON.stringify(Array.from(list().querySelectorAll("[data-start]"), ({ dataset, textContent }) => [dataset, textContent]));

setInterval(() => {
  const isBusy = undrawn || dialog.open || springBack || keys.moving || document.hidden;
  const isInHand = list().contains(document.activeElement);
  if (!isBusy && !isInHand) htmx.trigger(list(), "refresh");
}, REFRESH);

// ---------- the keys ----------

const keys = keysOf(place, {
  step: Number(words.step),
  words,
  say,
  later,
  length,
  clock,
  columns: () => columns().map(({ doctor, day, name }) => ({ key: isDay ? doctor : day, name })),
  visit: (id) => item(id)?.dataset,
  columnOf: ({ doctor, start }) => (isDay ? doctor : start.slice(0, 10)),
  draw: (id, start, end, column) => {
    const { dataset } = item(id);
    const there = drawn({ ...dataset, start, end, doctor: isDay ? column : dataset.doctor }, calendar.getEventById(id).extendedProps);
    calendar.updateEvent({ ...there, classNames: [...there.classNames, "visit-moving"] });
  },
  redraw: draw,
  move: (id, start, column, minutes, revert) => move(id, start, isDay ? column : item(id).dataset.doctor, minutes, revert),
  resize,
});

// EventCalendar's script is deferred as well, and before this one.
show();
