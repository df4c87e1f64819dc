// Shortcuts. Each one is only another way to press something that is on the page.
//   data-key="Control+k"   anywhere; Escape and keys with Control or Alt also work while typing
//   data-row-key="t"       one letter, only while its own row (data-row) has the focus (WCAG 2.1.4)
//   data-rows              arrow keys walk over the rows inside
//   data-keys-switch       a checkbox that turns the single letters off for this browser
const STORED = "single-letter-keys";
const typing = (target) => target.matches?.("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]");

function pressed(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("control");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && event.key.length > 1) parts.push("shift");
  return [...parts, event.key.toLowerCase()].join("+");
}

const lettersOn = () => localStorage.getItem(STORED) !== "off";
const shown = (element) => element.getClientRects().length > 0 && !element.disabled && element.ariaDisabled !== "true";

function byLetter(event, row) {
  if (!row || !lettersOn() || event.key.length !== 1) return undefined;
  return [...row.querySelectorAll("[data-row-key]")].find((it) => it.dataset.rowKey.toLowerCase() === event.key.toLowerCase());
}

function walk(event, row) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const list = row?.closest("[data-rows]");
  if (!step || !list || event.target !== row) return false;
  const rows = [...list.querySelectorAll("[data-row]")].filter(shown);
  rows[rows.indexOf(row) + step]?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const chord = pressed(event);
  const free = event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape";
  if (typing(event.target) && !free) return;
  const row = event.target.closest?.("[data-row]");
  if (walk(event, row)) return event.preventDefault();
  const target =
    [...document.querySelectorAll("[data-key]")].findLast((it) => it.dataset.key.toLowerCase() === chord && shown(it)) ??
    (free ? undefined : byLetter(event, row));
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) target.focus();
  else target.click();
});

function announce() {
  for (const element of document.querySelectorAll("[data-key]")) element.setAttribute("aria-keyshortcuts", element.dataset.key);
}

announce();
for (const moment of ["htmx:afterSettle", "live:updated"]) document.addEventListener(moment, announce);
for (const box of document.querySelectorAll("[data-keys-switch]")) {
  box.checked = lettersOn();
  box.addEventListener("change", () => localStorage.setItem(STORED, box.checked ? "on" : "off"));
}
