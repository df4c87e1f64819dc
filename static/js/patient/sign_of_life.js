// Tells every 15 seconds that the patient is still there, while the page holds data-beat.
// What goes wrong is said with words that the server already put on the page: data-lost="connection" or "fault".
// Plain syntax and no imports: on an old phone this must go on when nothing else does.
const BEAT = 15000;
const AGAIN_SOON = 3000;
const ANSWER_WITHIN = 10000;
let timer = 0;
let underway = false;

function say(problem) {
  document.querySelectorAll("[data-lost]").forEach((notice) => {
    notice.hidden = notice.dataset.lost !== problem;
  });
  return problem;
}

function send(url) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  const patience = new AbortController();
  const limit = setTimeout(() => patience.abort(), ANSWER_WITHIN);
  return fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": token ? token.value : "", "X-Requested-With": "live" },
    credentials: "same-origin",
    redirect: "manual",
    signal: patience.signal,
  })
    .then((response) => (response.status >= 500 ? "fault" : ""))
    .catch(() => "connection")
    .then((problem) => {
      clearTimeout(limit);
      return problem;
    });
}

function beat() {
  if (underway) return;
  clearTimeout(timer);
  const place = document.querySelector("[data-beat]");
  if (!place) {
    timer = setTimeout(beat, BEAT);
    return;
  }
  underway = true;
  send(place.dataset.beat).then((problem) => {
    underway = false;
    timer = setTimeout(beat, say(problem) ? AGAIN_SOON : BEAT);
  });
}

beat();
// A phone that slept tells at once that it is awake.
document.addEventListener("visibilitychange", () => document.hidden || beat());
window.addEventListener("online", beat);
window.addEventListener("offline", () => document.querySelector("[data-beat]") && say("connection"));
