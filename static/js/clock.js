// A time by the reader's own clock, where it shows another time than the clinic's. Without JavaScript the clinic's zone is named.
const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
const shown = (moment, timeZone, style) => new Intl.DateTimeFormat(document.documentElement.lang || undefined, { timeZone, ...style }).format(moment);
const DAY = { dateStyle: "full" };
const CLOCK = { timeStyle: "short" };

const tell = (root) => {
  for (const place of root.querySelectorAll("[data-own-clock]")) {
    const moment = new Date(place.dataset.ownClock);
    const { zone, text } = place.dataset;
    const sameDay = shown(moment, mine, DAY) === shown(moment, zone, DAY);
    if (sameDay && shown(moment, mine, CLOCK) === shown(moment, zone, CLOCK)) continue;
    const own = shown(moment, mine, sameDay ? CLOCK : { ...DAY, ...CLOCK });
    place.textContent = text.replace("{}", `${own} (${mine})`);
    place.hidden = false;
  }
};
tell(document);
document.addEventListener("htmx:afterSettle", (event) => tell(event.target));
