// A form with data-confirm asks first, in the page's own <dialog id="confirm">. Without JavaScript it is simply sent.
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
  if (!dialog || !form.dataset.confirm || agreed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = event.submitter;
  if (await ask(form.dataset.confirm, button?.textContent.trim())) {
    agreed.add(form);
    form.requestSubmit(button);
  } else {
    button?.focus();
  }
}, true);
