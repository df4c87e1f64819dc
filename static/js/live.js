// Keeps a page true while it stands open. The stream only says "changed"; what changed is fetched over HTTP again.
//   data-live="/live/"            the stream of this page, on any element
//   data-fragment="/board/rows/"  its content is fetched from there; one answer is the inside of this element
//   data-topic="clinic-3 user-7"  fetch only when the stream names one of these, or names nothing
//   data-age                      says when this was true, and when it stopped being so (_components/age.html)
//   data-hold="{count} new"       rows (data-row, with an id) do not come, go or move while the focus is among them
//   data-keep                     an element inside a fragment that an update leaves alone
// Every change of a fragment is announced as "live:updated"; "live:refresh" on the document asks for one at once.
import { clockTime } from "./clock.js";
import { holdRows } from "./hold.js";
import { morph } from "./morph.js";
import { SharedStream } from "./stream.js";

const JITTER = 400;
const POLL = 15000;
const CHECK_AT_LEAST = 60000;
const STALE = 45000;

const opened = Date.now();
const fragments = new WeakMap();
let ended = false;
let timer;
const told = new Set();

function apply(element, html) {
  morph(element, html, "innerHTML");
  window.htmx?.process(element);
  const title = element.querySelector("[data-page-title]")?.dataset.pageTitle;
  if (title) document.title = title;
  element.dispatchEvent(new CustomEvent("live:updated", { bubbles: true }));
}

function stateOf(element) {
  if (!fragments.has(element)) {
    fragments.set(element, { busy: false, again: false, etag: null, checked: opened, moment: null, failing: false });
  }
  return fragments.get(element);
}

const states = () => [...document.querySelectorAll("[data-fragment]")].map(stateOf);

// A page is as old as its oldest part, and as old as the server says: the clock of a computer is often wrong.
function showAge() {
  const oldest = states().reduce((one, other) => (other.checked < one.checked ? other : one));
  const stale = states().some((state) => state.failing && Date.now() - state.checked > STALE);
  for (const age of document.querySelectorAll("[data-age]")) {
    age.classList.toggle("stale", stale);
    if (!oldest.moment) continue;
    for (const time of age.querySelectorAll("[data-age-time]")) time.textContent = clockTime(oldest.moment);
  }
}

function succeeded(state, response) {
  state.checked = Date.now();
  state.moment = new Date(response.headers.get("Date") ?? Date.now());
  state.failing = false;
  showAge();
}

async function fetchFragment(element, state) {
  const headers = { "X-Requested-With": "live" };
  if (state.etag) headers["If-None-Match"] = state.etag;
  const response = await fetch(element.dataset.fragment, { headers, credentials: "same-origin", redirect: "manual" });
  if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
    ended = true;
    throw new Error("no longer signed in");
  }
  if (response.status === 304) return succeeded(state, response);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const html = await response.text();
  state.etag = response.headers.get("ETag");
  succeeded(state, response);
  if (!holdRows(element, html, () => apply(element, html))) apply(element, html);
}

async function refresh(element) {
  const state = stateOf(element);
  if (state.busy) {
    state.again = true;
    return;
  }
  state.busy = true;
  try {
    await fetchFragment(element, state);
  } catch {
    state.failing = true;
    showAge();
  } finally {
    state.busy = false;
  }
  if (state.again && !ended) {
    state.again = false;
    await refresh(element);
  }
}

function refreshAll(changed = [""]) {
  if (ended) return;
  for (const element of document.querySelectorAll("[data-fragment]")) {
    const topics = element.dataset.topic?.split(/\s+/);
    if (!topics || changed.some((topic) => !topic || topics.includes(topic))) refresh(element);
  }
}

// All browsers hear "changed" at the same moment: each waits a little, and asks once for what came meanwhile.
function soon(topic = "") {
  told.add(topic);
  timer ??= setTimeout(() => {
    timer = undefined;
    refreshAll([...told]);
    told.clear();
  }, Math.random() * JITTER);
}

function poll(stream) {
  for (const element of document.querySelectorAll("[data-fragment]")) {
    const state = stateOf(element);
    const due = !stream?.alive || state.failing || Date.now() - state.checked >= CHECK_AT_LEAST;
    if (due && !ended) refresh(element);
  }
  showAge();
  setTimeout(() => poll(stream), POLL * (0.8 + Math.random() * 0.4));
}

function start() {
  const url = document.querySelector("[data-live]")?.dataset.live;
  const stream = url ? new SharedStream(url) : null;
  stream?.addEventListener("changed", (event) => soon(event.detail));
  document.addEventListener("live:refresh", () => refreshAll());
  document.addEventListener("visibilitychange", () => document.hidden || soon());
  window.addEventListener("online", () => soon());
  window.addEventListener("pageshow", (event) => event.persisted && soon());
  setTimeout(() => poll(stream), POLL);
}

if (document.querySelector("[data-fragment]")) start();
