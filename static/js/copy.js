// Copies a field's text at a click, and says so. Where the browser does not let us, the text is marked, to be copied by hand.
const button = document.querySelector("[data-copy]");
const field = document.querySelector("[data-copy-from]");
field?.addEventListener("focus", () => field.select());
button?.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(field.value);
    button.querySelector("span").textContent = button.dataset.done;
    document.querySelector("[data-copied]").textContent = button.dataset.done;
  } catch {
    field.focus();
  }
});
