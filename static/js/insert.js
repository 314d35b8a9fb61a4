// A text template is written into the form: into what is empty, after what is there. It can be taken out again.
const texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");
const button = document.querySelector("[data-insert]");
const undo = document.querySelector("[data-undo]");
const form = button?.form;
let before = [];

const write = (field, text) => {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

button?.addEventListener("click", (event) => {
  event.preventDefault();
  before = [];
  for (const [name, text] of Object.entries(texts[form.elements.text_template.value] ?? {})) {
    const field = form.elements[name];
    const was = field.value, becomes = was.trim() ? `${was.trimEnd()}\n${text}` : text;
    before.push({ field, was, becomes });
    write(field, becomes);
  }
  undo.hidden = !before.length;
  before[0]?.field.focus();
});
// What was changed since stays as it is: it is the doctor's.
undo?.addEventListener("click", () => {
  for (const { field, was, becomes } of before) if (field.value === becomes) write(field, was);
  undo.hidden = true;
  before[0]?.field.focus();
});
