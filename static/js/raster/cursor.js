// The grid by keyboard: one focus stop with a cursor in it. The cursor stands on a moment, and so on the block there.
import { armedItem, blockAt, made, moved, pasted, put, resized, room } from "./blocks.js";
import { bare, block, blocksOn, change, draft, look, redo, spoken, undo } from "./draft.js";
import { days, first, iso, last, mark, minutes, STEP, within } from "./grid.js";
import { say } from "./speech.js";

const REST = 250;
const HOUR = 60;
export const WORKDAYS = [0, 1, 2, 3, 4];
const STEPS = {
  ArrowDown: [0, STEP],
  ArrowUp: [0, -STEP],
  PageDown: [0, HOUR],
  PageUp: [0, -HOUR],
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
};
const cursor = { day: 0, minute: first() };
// What the keys hold: a block that is moved or resized and not dropped yet.
let held;
let copied = [];
let copiedFrom;
let resting;

const grid = () => document.getElementById("grid");
export const cursorAt = () => cursor;

function draw() {
  document.querySelectorAll("#grid .at").forEach((each) => each.classList.remove("at"));
  const here = blockAt(cursor.day, cursor.minute);
  mark("cursor", { day: cursor.day, start: cursor.minute, end: cursor.minute + STEP });
  if (here) document.getElementById(`block-${here.key}`)?.classList.add("at");
  mark("ghost", held && { day: held.weekday, start: minutes(held.start), end: minutes(held.end), look: "held" });
}

function speakPlace() {
  const here = blockAt(cursor.day, cursor.minute);
  if (here) return spoken("block", here);
  return say(draft().words.empty, { day: draft().days[cursor.day], from: iso(cursor.minute).replace(/^0/, "").replace(":", ".") });
}

/** The fields below show the block on which the cursor comes to rest. */
function rest() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    const key = blockAt(cursor.day, cursor.minute)?.key ?? null;
    if (key !== draft().chosen && !held) choose(key);
  }, REST);
}

export function choose(key) {
  document.querySelectorAll("#grid .chosen").forEach((each) => each.classList.remove("chosen"));
  document.getElementById(`block-${key}`)?.classList.add("chosen");
  draft().chosen = key;
  document.dispatchEvent(new CustomEvent("raster:chosen"));
  return look(key);
}

export function moveTo(day, minute) {
  clearTimeout(resting);
  Object.assign(cursor, { day, minute: within(minute, first(), last() - STEP) });
  draw();
  document.dispatchEvent(new CustomEvent("raster:moved"));
}

function step(by, aside) {
  moveTo(Math.max(0, Math.min(days() - 1, cursor.day + aside)), cursor.minute + by);
  speakPlace();
  rest();
}

function place() {
  const of = armedItem();
  const length = room(of, cursor.day, cursor.minute);
  if (!length) return say(draft().words.noRoom);
  const fresh = made(of, cursor.day, cursor.minute, cursor.minute + length);
  return change([put(fresh)], fresh.key).then((saved) => saved && spoken("placed", { ...fresh, label: of.label }));
}

function grab(here) {
  held = { ...here };
  draw();
  spoken("grabbed", here);
}

function carry(by, aside) {
  const length = minutes(held.end) - minutes(held.start);
  const start = within(minutes(held.start) + by, first(), last() - length);
  const day = Math.max(0, Math.min(days() - 1, held.weekday + aside));
  held = { ...moved(held.key, day, start), label: held.label, resizes: held.resizes };
  Object.assign(cursor, { day, minute: start });
  draw();
  spoken("moved", held);
}

function stretch(by) {
  const here = held ?? blockAt(cursor.day, cursor.minute);
  if (!here) return;
  const end = within(minutes(here.end) + by, minutes(here.start) + STEP);
  held = { ...resized(here.key, minutes(here.start), end), label: here.label, resizes: true };
  if (cursor.minute >= end) cursor.minute = end - STEP;
  draw();
  spoken("moved", held);
}

export function drop() {
  if (!held) return undefined;
  const { resizes, ...done } = held;
  const before = block(done.key);
  held = undefined;
  draw();
  if (!before || (before.start === done.start && before.end === done.end && before.weekday === done.weekday)) return undefined;
  return change([put(done)], done.key).then((saved) => saved && spoken("dropped", done));
}

function letGo() {
  if (!held) return false;
  const before = block(held.key);
  held = undefined;
  if (before) moveTo(before.weekday, minutes(before.start));
  say(draft().words.cancelled);
  return true;
}

export function remove(key) {
  const gone = block(key);
  return gone && change([{ remove: key }], null).then((saved) => saved && spoken("removed", gone));
}

export function copyDay(day = cursor.day) {
  copied = blocksOn(day).map(bare);
  copiedFrom = day;
  say(draft().words.copied, { day: draft().days[day] });
}

export function pasteDay(to = [cursor.day]) {
  if (!copied.length) return say(draft().words.nothing);
  const names = to.map((day) => draft().days[day]).join(", ");
  return change(to.flatMap((day) => pasted(copied, day)), null).then((saved) => saved && say(draft().words.pasted, { day: names }));
}

const back = (done, word) => done.then((saved) => saved && say(draft().words[word]));

function chord(event) {
  const key = event.key.toLowerCase();
  if (key === "c") return copyDay();
  if (key === "v") return pasteDay(event.shiftKey ? WORKDAYS.filter((day) => day !== copiedFrom) : [cursor.day]);
  if (key === "z" && !event.shiftKey) return back(undo(), "undone");
  if (key === "y" || key === "z") return back(redo(), "redone");
  return false;
}

function pressed(event) {
  const here = blockAt(cursor.day, cursor.minute);
  const moves = STEPS[event.key];
  if (event.ctrlKey || event.metaKey) return chord(event);
  if (event.altKey) return false;
  if (moves && event.shiftKey) return moves[1] ? stretch(moves[1]) : false;
  if (moves && held) return carry(moves[1], moves[0]);
  if (moves) return step(moves[1], moves[0]);
  if (event.key === "Home") return step(first() - cursor.minute, 0);
  if (event.key === "End") return step(last() - cursor.minute, 0);
  if (event.key === "Escape") return letGo() || hush();
  if (event.key === "Enter") return held ? drop() : here ? grab(here) : place();
  if (event.key === "Delete" && here) return remove(here.key);
  return false;
}

function hush() {
  if (!document.querySelector("[data-bubble]:not([hidden])")) return false;
  document.querySelector("[data-hush]").click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.target !== grid() || event.defaultPrevented) return;
  if (pressed(event) === false) return;
  event.preventDefault();
});
// A length that was set with Shift held is kept when Shift is let go.
document.addEventListener("keyup", (event) => {
  if (event.key === "Shift" && held?.resizes) drop();
});
document.addEventListener("focusout", (event) => event.target === grid() && drop());
document.addEventListener("focusin", (event) => event.target === grid() && (draw(), speakPlace()));
document.addEventListener("raster:shown", draw);
