// Keys: an element with data-key="x" is clicked (links, buttons) or focused (fields) by that key; ? lists them. Menus close
// on Escape and on a click elsewhere; Escape leaves the search.
const keys = document.getElementById("keys");
const typing = (element) => element.closest("input, textarea, select, [contenteditable], dialog[open]");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.target.matches("input[data-key]")) {
      // Out of the search again, so that the keys work.
      event.target.blur();
    }
    return;
  }
  // A key that is held down counts once: the next page would take it for another press.
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "?") {
    keys?.showModal();
    return;
  }
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) keys?.showModal();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || event.target.closest("[data-help]")) menu.open = false;
  }
});
