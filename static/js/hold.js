// Nothing moves under the hands: while the focus is among the rows of a fragment with data-hold, rows that stay are
// updated where they are, and rows that come, go or move wait behind a button ("2 new") or until the focus leaves.
import { morph } from "./morph.js";

const ids = (within) => [...within.querySelectorAll("[data-row]")].map((row) => row.id);
const waiting = new WeakMap();
const notices = new WeakMap();

function notice(element) {
  if (notices.has(element)) return notices.get(element);
  const held = document.createElement("p");
  held.className = "held";
  const button = document.createElement("button");
  button.className = "btn strong";
  button.type = "button";
  button.addEventListener("click", () => release(element));
  held.append(button);
  notices.set(element, held);
  element.before(held);
  return held;
}

function release(element) {
  const show = waiting.get(element);
  waiting.delete(element);
  notices.get(element)?.remove();
  notices.delete(element);
  show?.();
}

// What waited is outdated: newer content is about to be shown as it is.
function drop(element) {
  waiting.delete(element);
  release(element);
  return false;
}

function leaves(event) {
  const element = event.currentTarget;
  const to = event.relatedTarget;
  if (to && (element.contains(to) || notices.get(element)?.contains(to))) return;
  element.removeEventListener("focusout", leaves);
  release(element);
}

// The answer to one's own action is newer than what waited; shown while htmx swaps, it would pull rows from under it.
document.addEventListener("htmx:beforeSwap", (event) => waiting.has(event.detail.target) && drop(event.detail.target));

/** True when the rows of `element` stand still and `show` is kept for later. */
export function holdRows(element, html, show) {
  const focused = document.activeElement?.closest("[data-row]");
  if (!element.dataset.hold || !focused || !element.contains(focused)) {
    return drop(element);
  }
  const next = document.createElement("template");
  next.innerHTML = html;
  const before = ids(element);
  const after = ids(next.content);
  if (before.join() === after.join()) return drop(element);
  for (const row of element.querySelectorAll("[data-row]")) {
    const fresh = next.content.getElementById(row.id);
    if (fresh) morph(row, fresh.cloneNode(true), "outerHTML");
  }
  window.htmx?.process(element);
  waiting.set(element, show);
  const count = after.filter((id) => !before.includes(id)).length || 1;
  notice(element).firstChild.textContent = element.dataset.hold.replace("{count}", String(count));
  element.addEventListener("focusout", leaves);
  return true;
}
