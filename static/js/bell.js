// The number at the bell of a page that stays open: asked for once a minute while the page is looked at, and when somebody
// comes back to it. What goes wrong is left for the next page to say: nobody is led away from a form that is being filled in.
const bell = document.querySelector("[data-bell]");
const MINUTE = 60_000;
let asked = Date.now();

async function ask() {
  const isCovered = document.documentElement.classList.contains("covered");
  if (isCovered || document.visibilityState !== "visible" || Date.now() - asked < MINUTE / 2) return;
  asked = Date.now();
  const answer = await fetch(bell.dataset.bell, { redirect: "error" }).catch(() => null);
  if (answer?.status === 200) bell.innerHTML = await answer.text();
}

if (bell) {
  setInterval(ask, MINUTE);
  document.addEventListener("visibilitychange", ask);
}
