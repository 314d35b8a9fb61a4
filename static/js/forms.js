// What makes forms pleasant: filters that send themselves, buttons that show they are busy, the first wrong field in focus,
// a plain word when htmx meets trouble.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (form && event.target.matches("select, [type=date], [type=checkbox], [type=radio]")) form.requestSubmit();
});

const busy = (button, on) => {
  if (on) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  if (event.submitter) busy(event.submitter, true);
});

const ready = (root) => {
  for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of root.querySelectorAll("[aria-busy]")) busy(button, false);
};
window.addEventListener("pageshow", () => ready(document));
document.addEventListener("htmx:afterRequest", () => ready(document));

const wrong = (root) => root.querySelector(".is-invalid, [aria-invalid=true]")?.focus();
wrong(document);
document.addEventListener("htmx:afterSettle", (event) => wrong(event.target));

const trouble = document.getElementById("trouble");
const words = document.getElementById("confirm")?.dataset;
const say = (text) => {
  trouble.textContent = text;
  trouble.hidden = false;
};
document.addEventListener("htmx:responseError", () => say(words.failed));
document.addEventListener("htmx:sendError", () => say(words.offline));
document.addEventListener("htmx:beforeRequest", () => { trouble.hidden = true; });
