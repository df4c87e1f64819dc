// Search from any page: data-palette opens the dialog (Ctrl+K, see keys.js). Without this script the same link leads to
// a page that finds the same. Enter goes on when there is one answer; of several it takes the first only when it was
// in view. What was chosen by name says on the next page with which keys it can be had.
const KEPT = "palette-hint";
const dialog = document.getElementById("palette");
const box = document.getElementById("palette-box");
const list = document.getElementById("palette-found");
const form = dialog?.querySelector("form");
let shownFor = null;
let asking = null;
let goOn = false;

const rows = () => [...list.querySelectorAll("[data-palette-row]")];
const first = (row) => row?.querySelector("a");

function open() {
  if (dialog.open) return box.select();
  dialog.showModal();
  box.focus();
  form.dispatchEvent(new Event("palette:open"));
}

// Names do not stay behind on a page that stands open.
function clear() {
  list.replaceChildren();
  form.reset();
  shownFor = null;
  goOn = false;
}

function walk(event) {
  const all = rows();
  const row = event.target.closest("[data-palette-row]");
  const links = row ? [...row.querySelectorAll("a")] : [];
  const next = {
    ArrowDown: () => first(all[row ? all.indexOf(row) + 1 : 0]),
    ArrowUp: () => (row ? first(all[all.indexOf(row) - 1]) ?? box : null),
    ArrowRight: () => links[links.indexOf(event.target) + 1],
    ArrowLeft: () => links[links.indexOf(event.target) - 1],
  }[event.key];
  if (!next || (!row && event.key !== "ArrowDown")) return;
  event.preventDefault();
  next()?.focus();
}

function enter(event) {
  if (shownFor === box.value) {
    event.preventDefault();
    event.stopImmediatePropagation();
    first(rows()[0])?.click();
  } else {
    goOn = true;
  }
}

function arrived() {
  shownFor = asking;
  const all = rows();
  first(all[0])?.classList.add("ask-first");
  const say = all.length ? dialog.dataset.count.replace("{count}", String(all.length)) : dialog.dataset.none;
  dialog.querySelector("[data-palette-status]").textContent = box.value ? say : "";
  if (!goOn || shownFor !== box.value) return;
  goOn = false;
  if (all.length === 1) first(all[0]).click();
  else first(all[0])?.focus();
}

function remember(event) {
  const link = event.target.closest("[data-shortcut]");
  if (link) sessionStorage.setItem(KEPT, dialog.dataset.hint.replace("{screen}", link.dataset.screen).replace("{key}", link.dataset.shortcut));
}

function remind() {
  const hint = sessionStorage.getItem(KEPT);
  if (!hint) return;
  sessionStorage.removeItem(KEPT);
  const notice = document.createElement("div");
  notice.className = "notice";
  notice.append(hint);
  document.getElementById("messages")?.append(notice);
}

if (dialog) {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  dialog.querySelector("[data-palette-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", clear);
  dialog.addEventListener("click", (event) => (event.target === dialog ? dialog.close() : remember(event)));
  dialog.addEventListener("keydown", (event) => {
    walk(event);
    // The page behind it hears nothing: its shortcuts are for its own buttons.
    if (event.ctrlKey && event.key.toLowerCase() === "k") event.preventDefault();
    // Escape in a search box only empties it.
    if (event.key === "Escape") dialog.close();
    event.stopPropagation();
  });
  form.addEventListener("submit", enter, { capture: true });
  form.addEventListener("htmx:beforeRequest", () => (asking = box.value));
  list.addEventListener("htmx:beforeSwap", (event) => {
    // An answer that was still on its way when it closed.
    if (!dialog.open) event.detail.shouldSwap = false;
  });
  list.addEventListener("htmx:afterSwap", arrived);
  remind();
}
