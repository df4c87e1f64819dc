// Where things are on the grid: minutes to rows and back, and what is drawn while a hand is moving.
import { draft } from "./draft.js";

export const STEP = 5;
const columns = () => [...document.querySelectorAll("#grid [data-weekday]")];

export const column = (day) => document.querySelector(`#grid [data-weekday="${day}"]`);
export const days = () => columns().length;
export const first = () => draft().first;
export const last = () => draft().first + draft().rows * STEP;
export const minutes = (iso) => Number(iso.slice(0, 2)) * 60 + Number(iso.slice(3, 5));
export const iso = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
export const within = (minute, from = first(), to = last()) => Math.max(from, Math.min(to, minute));

/** On a narrow screen the days are lists, one under another: there is nothing to drag over. */
export const isDrawn = () => getComputedStyle(columns()[0]).display === "grid";

/** The day under a point, or the nearest. */
export function dayAt(x) {
  const found = columns().findIndex((each) => x < each.getBoundingClientRect().right);
  return found < 0 ? columns().length - 1 : found;
}

export function minuteAt(y) {
  const box = columns()[0].getBoundingClientRect();
  const row = Math.floor(((y - box.top) / box.height) * draft().rows);
  return within(first() + row * STEP, first(), last() - STEP);
}

export function isOver(x, y) {
  const box = document.getElementById("grid").getBoundingClientRect();
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

/** Draws one mark of this kind ("ghost", "cursor") and takes the former away; without a place it only takes away. */
export function mark(kind, place = undefined) {
  document.querySelectorAll(`#grid .${kind}`).forEach((each) => each.remove());
  if (!place) return;
  const drawn = document.createElement("li");
  const row = (place.start - first()) / STEP + 1;
  drawn.className = `${kind} f-${row} d-${Math.max(1, (place.end - place.start) / STEP)} ${place.look ? `mo-${place.look}` : ""}`;
  drawn.setAttribute("aria-hidden", "true");
  if (place.text) drawn.append(place.text);
  column(place.day)?.append(drawn);
}
