// Choosing from what htmx finds while somebody types: the arrows move, Enter takes, Escape closes.
// The field is an input[role=combobox][data-pick="#place"]; the place receives buttons[role=option].
const place = (field) => document.querySelector(field.dataset.pick);
const options = (field) => [...place(field).querySelectorAll("[role=option]")];

const choose = (field, chosen) => {
  for (const option of options(field)) option.setAttribute("aria-selected", String(option === chosen));
  field.setAttribute("aria-expanded", String(Boolean(chosen)));
  if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
  else field.removeAttribute("aria-activedescendant");
  chosen?.scrollIntoView({ block: "nearest" });
};
const close = (field) => {
  place(field).replaceChildren();
  choose(field, null);
};
const moved = (field, step) => {
  const all = options(field), at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (all.length) choose(field, all[(at + step + all.length) % all.length]);
};

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-pick]");
  if (!field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const act = {
    ArrowDown: () => moved(field, 1),
    ArrowUp: () => moved(field, -1),
    Enter: () => options(field).find((option) => option.getAttribute("aria-selected") === "true")?.click(),
    Escape: () => { field.value = ""; close(field); },
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
document.addEventListener("htmx:afterSwap", (event) => {
  const field = document.querySelector(`[data-pick="#${event.target.id}"]`);
  if (field) choose(field, options(field)[0]);
});
// Where one was chosen, the next may follow.
document.addEventListener("htmx:afterSettle", (event) => {
  if (document.activeElement === document.body) event.target.querySelector?.("[data-pick]")?.focus();
});
document.addEventListener("click", (event) => {
  for (const field of document.querySelectorAll("[data-pick]")) {
    if (!field.parentElement.contains(event.target)) close(field);
  }
});
