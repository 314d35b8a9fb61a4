// "Near me": asks the browser where we are, to about a kilometre, and sorts by that. Nothing is stored.
const button = document.querySelector("[data-near]");
const field = button?.form?.elements.near;
if (field && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
        button.form.submit();
      },
      () => {
        button.disabled = false;
        document.querySelector("[data-nowhere]").hidden = false;
      },
      { timeout: 10000, maximumAge: 600000 },
    );
  });
}
