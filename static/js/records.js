// Writing without the mouse: Ctrl+S saves, Ctrl+Enter goes on to signing or handing out. Leaving with unsaved text asks first.
// Text fields grow with what is typed.
const form = document.querySelector("form[data-writing]");
const grow = (field) => {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
};
let unsaved = false;

form?.addEventListener("input", (event) => {
  unsaved = true;
  if (event.target.matches("textarea")) grow(event.target);
});
form?.addEventListener("submit", (event) => { if (!event.defaultPrevented) unsaved = false; });
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
for (const field of form?.querySelectorAll("textarea") ?? []) grow(field);

document.addEventListener("keydown", (event) => {
  if (!form || !(event.ctrlKey || event.metaKey)) return;
  const wanted = { s: "[data-save], .form-actions [type=submit]:not([name])", Enter: "[data-finish]" }[event.key];
  const button = wanted && form.querySelector(wanted);
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});
