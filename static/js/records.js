// Writing without the mouse: Ctrl+S saves, Ctrl+Enter goes on to signing or handing out.
// What is typed is kept by itself: after a pause, and when the page is left. Where that is not possible, leaving asks first.
// Text fields grow with what is typed.
const form = document.querySelector("form[data-writing]");
const grow = (field) => {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
};

// --- Keeping ---------------------------------------------------------------------------------------
const PAUSE = 2000, LONGEST = 10000, AGAIN = 5000;
// A request that outlives its page carries 64 KB at most.
const OUTLIVES = 60000;
const told = document.getElementById("kept");
const address = form?.dataset.keep;
let unsaved = false, stopped = !address, since = 0, timer = 0, under = null;

const part = (text) => new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
const warn = (text) => {
  told.textContent = text;
  told.toggleAttribute("data-wrong", true);
};
const later = (wait) => {
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(keep, wait);
};
const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const send = async (leaving) => {
  const data = new FormData(form);
  data.set("idempotency_key", key());
  unsaved = false;
  since = 0;
  try {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(data), keepalive: leaving });
    if (answer.status >= 500) throw new Error(answer.statusText);
    const words = part(await answer.text());
    if (answer.ok && words?.dataset.revision) {
      form.elements.revision.value = words.dataset.revision;
      told.replaceChildren(words);
      told.toggleAttribute("data-wrong", false);
      // What is said about the text as it is stored may be another by now.
      document.body.dispatchEvent(new Event("kept"));
      return;
    }
    // Somebody else was quicker, or nobody is signed in any more: a person has to look.
    [unsaved, stopped] = [true, true];
    warn(answer.status === 409 ? words.textContent : form.dataset.refused);
  } catch {
    unsaved = true;
    warn(form.dataset.offline);
    later(AGAIN);
  }
};
// One after the other: each says which revision it goes on from.
const keep = (leaving = false) => {
  clearTimeout(timer);
  if (!unsaved || stopped) return;
  const mine = (under ?? Promise.resolve()).then(() => send(leaving === true));
  under = mine;
  mine.finally(() => { if (under === mine) under = null; });
};

form?.addEventListener("input", (event) => {
  // A search within the form is no part of the text.
  if (event.target.matches("[data-aside]")) return;
  unsaved = true;
  since ||= Date.now();
  if (event.target.matches("textarea")) grow(event.target);
  later(Math.min(PAUSE, Math.max(0, since + LONGEST - Date.now())));
});
form?.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  clearTimeout(timer);
  if (under) {
    // What is being kept makes a new revision, which the form must know.
    event.preventDefault();
    const button = event.submitter;
    under.then(() => form.requestSubmit(button));
    return;
  }
  unsaved = false;
});
const isLong = () => new URLSearchParams(new FormData(form)).toString().length > OUTLIVES;
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && form) keep(!isLong()); });
window.addEventListener("beforeunload", (event) => { if (unsaved && (stopped || isLong())) event.preventDefault(); });
for (const field of form?.querySelectorAll("textarea") ?? []) grow(field);

// --- Two versions ----------------------------------------------------------------------------------
document.getElementById("versions")?.addEventListener("click", (event) => {
  const { take, join } = event.target.closest("button")?.dataset ?? {};
  const field = form.elements[take ?? join];
  if (!field) return;
  const stored = document.querySelector(`[data-stored="${field.name}"]`).textContent;
  field.value = join && field.value ? `${stored}\n${field.value}` : stored;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

// --- Keys ------------------------------------------------------------------------------------------
document.addEventListener("keydown", (event) => {
  if (!form || !(event.ctrlKey || event.metaKey)) return;
  // What is sent for ever is sent by its button alone.
  if ("forever" in form.dataset) {
    if (event.key !== "s") return;
    event.preventDefault();
    keep();
    return;
  }
  const wanted = { s: "[data-save], .form-actions [type=submit]:not([name])", Enter: "[data-finish]" }[event.key];
  const button = wanted && form.querySelector(wanted);
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});
