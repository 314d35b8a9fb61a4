// Makes and shows passkeys (Web Authentication): fills the form's hidden field with the device's answer and sends it.
// The conversion to and from JSON is allauth's webauthn-json.js.
const optionsOf = async (form) => {
  if (form.dataset.options) {
    const written = JSON.parse(document.getElementById(form.dataset.options).textContent);
    return written.creation_options || written.request_options;
  }
  const answer = await fetch(form.dataset.ask, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no options");
  return (await answer.json()).request_options;
};

const create = (form, options) => {
  const alone = form.elements.passwordless?.checked;
  const choice = options.publicKey.authenticatorSelection;
  choice.residentKey = alone ? "required" : "discouraged";
  choice.requireResidentKey = Boolean(alone);
  if (alone) choice.userVerification = "required";
  return window.webauthnJSON.create(options);
};

const say = (form, problem) => {
  const place = form.querySelector("[data-passkey-trouble]");
  if (!window.PublicKeyCredential) place.textContent = place.dataset.unable;
  else if (problem.name === "InvalidStateError") place.textContent = place.dataset.known;
  else place.textContent = place.dataset.passkeyTrouble;
  place.hidden = false;
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    // Before the one that marks a form as sent (forms.js): this sending is only the question to the device.
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    try {
      const options = await optionsOf(form);
      const made = form.dataset.passkey === "create" ? await create(form, options) : await window.webauthnJSON.get(options);
      form.elements.credential.value = JSON.stringify(made);
      form.submit();
    } catch (problem) {
      button?.removeAttribute("aria-busy");
      say(form, problem);
    }
  });
}
