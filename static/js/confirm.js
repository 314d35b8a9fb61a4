// A form, or the button that sends it, with data-confirm asks first, in the page's own <dialog id="confirm">. Without JavaScript it is simply sent.
const dialog = document.getElementById("confirm");
const agreed = new WeakSet();

function ask(sentence, label) {
  return new Promise((resolve) => {
    const yes = dialog.querySelector("[value=yes]");
    dialog.querySelector("#confirm-text").textContent = sentence;
    if (label) yes.textContent = label;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}

dialog?.addEventListener("click", (event) => {
  const answer = event.target.closest("button[value]");
  if (answer) dialog.close(answer.value);
  else if (event.target === dialog) dialog.close("no");
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  const sentence = button?.dataset.confirm || form.dataset.confirm;
  if (!dialog || !sentence || agreed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await ask(sentence, button?.textContent.trim())) {
    agreed.add(form);
    form.requestSubmit(button);
  } else {
    button?.focus();
  }
}, true);
