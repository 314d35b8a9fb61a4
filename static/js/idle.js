// A page that is left alone: a minute before its session is over a dialog asks, then the page is covered until the same person has
// signed in again in another window; what was written in it stays and can be sent. What the server says counts, this only tells it.
const about = document.querySelector("meta[name=session]");
const [person, seconds] = (about?.content ?? "").split(" ");
const warning = document.getElementById("idle-warning");
const cover = document.getElementById("idle-cover");
const MINUTE = 60_000;
const title = document.title;
let ends = Date.now() + 1000 * seconds;
let told = Date.now();
let asked = Date.now();
let touched = 0;
let covered = false;
let leaving = false;

async function ask(byHand) {
  asked = Date.now();
  const headers = { "X-By-Hand": byHand ? "1" : "0" };
  const answer = await fetch(about.dataset.state, { headers, redirect: "error", cache: "no-store" }).catch(() => null);
  return answer?.ok ? answer.json().catch(() => null) : null;
}

// Somebody is there: said at most once a minute, and not by a computer that wakes up after somebody has long gone.
async function tell() {
  told = Date.now();
  touched = 0;
  learn(await ask(true));
}

async function look() {
  learn(await ask(false));
}

function learn(state) {
  if (!state || leaving) return;
  const isSame = state.person === person && state.left > 0;
  if (!isSame && state.person && covered) return leave();
  if (!isSame) return hide(state.person);
  ends = Date.now() + 1000 * state.left;
  if (warning.open && state.left > 60) warning.close();
  if (covered) show(state.token);
}

// Somebody else is signed in now, or the same person in another role: this page is not theirs.
function leave() {
  leaving = true;
  location.replace("/");
}

function hide(somebody) {
  if (!covered) {
    covered = true;
    document.documentElement.classList.add("covered");
    document.title = cover.dataset.title;
    if (warning.open) warning.close();
    cover.showModal();
  }
  if (somebody) leave();
}

function show(token) {
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  covered = false;
  touched = 0;
  told = Date.now();
  document.documentElement.classList.remove("covered");
  document.title = title;
  cover.close();
}

function tick() {
  const now = Date.now();
  const left = ends - now;
  if (leaving) return;
  if (left <= 0 && !covered) hide("");
  if (covered) {
    if (document.visibilityState === "visible" && now - asked > 3000) look();
  } else if (now - touched < 2 * MINUTE && !warning.open && now - told >= MINUTE) {
    tell();
  } else if (left <= MINUTE) {
    warn(left, now);
  }
}

// Another tab may have been used meanwhile: asked before anybody is disturbed, and now and then while the dialog waits.
async function warn(left, now) {
  warning.querySelector("[role=timer]").textContent = Math.max(0, Math.ceil(left / 1000));
  if (now - asked > 10_000) await look();
  if (!covered && !leaving && !warning.open && ends - Date.now() <= MINUTE) warning.showModal();
}

function begin() {
  const here = () => { touched = Date.now(); };
  for (const event of ["pointerdown", "keydown", "input", "wheel"]) document.addEventListener(event, here, { capture: true, passive: true });
  warning.addEventListener("cancel", tell);
  warning.querySelector("[data-stay]").addEventListener("click", () => {
    warning.close();
    tell();
  });
  // A second Escape closes a dialog whatever the page says.
  cover.addEventListener("cancel", (event) => event.preventDefault());
  cover.addEventListener("close", () => { if (covered) cover.showModal(); });
  cover.querySelector("[data-sign-in]")?.addEventListener("click", (event) => {
    event.preventDefault();
    if (!window.open(event.currentTarget.href, "_blank")) location.assign(event.currentTarget.href);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    tick();
    look();
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });
  // A fragment that somebody asked for, not one that a page fetches by itself; a covered page asks for nothing.
  document.addEventListener("htmx:configRequest", (event) => {
    if (covered) event.preventDefault();
    if (event.detail.triggeringEvent?.isTrusted) event.detail.headers["X-By-Hand"] = "1";
  });
  setInterval(tick, 1000);
}

if (about && warning && cover) begin();
