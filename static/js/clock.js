// Minutes that pass while a page stands open. Silent: nothing here is in a live region.
//   data-minutes-since="2026-11-24T13:52:00Z"  the text becomes the whole minutes since then
//   data-clock                                 the text becomes the time in the Netherlands, 14.12
// <body data-now> is the server's clock when the page was made: a computer's own clock is often wrong.
const STEP = 5000;
const amsterdam = new Intl.DateTimeFormat("nl-NL", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Amsterdam" });
const made = Date.parse(document.body.dataset.now ?? "");
const skew = Number.isNaN(made) ? 0 : made - Date.now();

export const clockTime = (moment) => amsterdam.format(moment).replace(":", ".");
export const serverNow = () => new Date(Date.now() + skew);

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  const now = serverNow();
  for (const element of document.querySelectorAll("[data-minutes-since]")) {
    const minutes = Math.floor((now - Date.parse(element.dataset.minutesSince)) / 60000);
    if (!Number.isNaN(minutes)) put(element, String(Math.max(0, minutes)));
  }
  for (const element of document.querySelectorAll("[data-clock]")) put(element, clockTime(now));
}

tick();
setInterval(tick, STEP);
document.addEventListener("live:updated", tick);
