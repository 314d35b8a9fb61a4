// Copies the text of the field beside the button at a click, and says so. Where the browser does not let us, the text is marked, to be copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = button.parentElement.querySelector("[data-copy-from]");
  field?.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.querySelector("span").textContent = button.dataset.done;
      document.querySelector("[data-copied]").textContent = button.dataset.done;
    } catch {
      field.focus();
    }
  });
}
