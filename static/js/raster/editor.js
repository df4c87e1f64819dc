// The editor of a raster: what its buttons and fields do. Gestures are in pointer.js and cursor.js.
import { arm, armedItem, item, made, put, typesFor } from "./blocks.js";
import { bare, block, canRedo, canUndo, catchUp, change, clock, draft, look, redo, spoken, undo } from "./draft.js";
import { choose, copyDay, cursorAt, moveTo, pasteDay, remove, WORKDAYS } from "./cursor.js";
import { isDrawn, iso, minuteAt, minutes } from "./grid.js";
import { quiet, say } from "./speech.js";
import "./pointer.js";

const typing = (target) => target.matches?.("input:not([type=radio], [type=checkbox]), textarea");
let view = "week";
let hushed = false;

// What the server does not know of: how this clerk looks at the draft.
function dress() {
  for (const chip of document.querySelectorAll("[data-item]")) {
    chip.setAttribute("aria-pressed", String(chip.dataset.item === armedItem()?.name));
  }
  document.querySelector("[data-undo]").setAttribute("aria-disabled", String(!canUndo()));
  document.querySelector("[data-redo]").setAttribute("aria-disabled", String(!canRedo()));
  document.getElementById("as-week").hidden = view !== "week";
  document.getElementById("as-list").hidden = view !== "list";
  for (const bubble of document.querySelectorAll("[data-bubble]")) bubble.hidden = hushed;
}

// A new block begins where the cursor stands, unless somebody is filling that in.
function offer() {
  const form = document.querySelector("[data-new-form]");
  const of = armedItem();
  if (!form || !of || form.contains(document.activeElement)) return;
  const { day, minute } = cursorAt();
  const fields = form.elements;
  fields.item.value = of.name;
  fields.weekday.value = day;
  fields.start.value = clock(iso(minute));
  fields.end.value = clock(iso(minute + of.minutes));
}

function show(name) {
  view = name;
  dress();
  document.getElementById(view === "week" ? "grid" : "list-head").focus();
}

function back(done, word) {
  return done.then((saved) => saved && say(draft().words[word]));
}

function fieldsOf(form) {
  const before = block(Number(form.dataset.blockForm));
  const data = new FormData(form);
  const typed = Object.fromEntries([...data].filter(([name]) => name in before));
  return { ...bare(before), ...typed, types: form.querySelector("[name=types]") ? data.getAll("types").map(Number) : before.types };
}

// Another form of contact, or other minutes per patient, asks for the types that go with it.
function asForm(each, of, slot) {
  const fixed = of.mode === "fixed";
  return {
    ...each,
    mode: of.mode,
    slot_minutes: fixed ? slot : 0,
    release_minutes: of.release_minutes,
    types: typesFor(of, slot),
    workplace: of.mode === "break" ? null : each.workplace,
    start_up_minutes: of.mode === "break" ? 0 : each.start_up_minutes,
  };
}

function saveBlock(form, field) {
  let each = fieldsOf(form);
  const of = item(form.elements.form.value);
  if (field?.name === "form" && of) each = asForm(each, of, of.slot_minutes);
  if (field?.name === "slot_minutes" && of && /^\d+$/.test(field.value)) each.types = typesFor(of, Number(field.value));
  if (field?.name === "mode" && each.mode === "fixed" && !Number(each.slot_minutes)) each.slot_minutes = of?.slot_minutes || 15;
  if (each.mode !== "fixed") each.slot_minutes = 0;
  each.weekday = Number(each.weekday);
  return change([put(each)], each.key).then((saved) => saved && spoken("dropped", { ...block(each.key) }));
}

function saveFields(form) {
  const { name, valid_from, valid_until } = Object.fromEntries(new FormData(form));
  return change([{ set: { name, valid_from, valid_until: valid_until || null } }]);
}

function addBlock(form) {
  const { item: name, weekday, start, end } = Object.fromEntries(new FormData(form));
  const of = item(name);
  const fresh = { ...made(of, Number(weekday), 0, 0), start, end };
  arm(name);
  return change([put(fresh)], fresh.key).then((saved) => {
    if (!saved) return;
    const now = block(draft().chosen);
    moveTo(now.weekday, minutes(now.start));
    spoken("placed", now);
  });
}

// What was pressed may be gone by now.
function stay() {
  if (document.activeElement === document.body) document.getElementById(view === "week" ? "grid" : "list-head").focus();
}

const dayShown = () => block(draft().chosen)?.weekday ?? cursorAt().day;

function copyToAll() {
  const from = dayShown();
  copyDay(from);
  return pasteDay(WORKDAYS.filter((day) => day !== from));
}

const CLICKS = {
  "[data-undo]": () => back(undo(), "undone"),
  "[data-redo]": () => back(redo(), "redone"),
  "[data-copy-day]": () => copyDay(dayShown()),
  "[data-copy-all]": copyToAll,
  "[data-paste-day]": () => pasteDay([Number(document.getElementById("new-day")?.value ?? cursorAt().day)]),
  "[data-remove]": (button) => remove(Number(button.dataset.remove))?.then(stay),
  "[data-hush]": () => {
    hushed = true;
    dress();
    document.getElementById("grid").focus();
  },
  "[data-apply]": (button) => change(JSON.parse(button.dataset.apply)).then(stay),
  "[data-first-error]": () => document.querySelector(".findings [data-choose]")?.click(),
};

async function chooseFrom(link) {
  const key = Number(link.dataset.choose);
  const each = block(key);
  if (!each) return;
  moveTo(each.weekday, minutes(each.start));
  await choose(key);
  if (view === "list" || link.matches("button")) toFields();
  else {
    document.getElementById("grid").focus({ preventScroll: true });
    document.getElementById(`block-${key}`)?.scrollIntoView({ block: "nearest" });
  }
}

const toFields = () => document.getElementById("sel-head").focus();

function onTile(event) {
  const tile = event.target.closest("#grid [data-block]");
  if (tile && !event.target.closest("[data-bubble]")) {
    const each = block(Number(tile.dataset.block));
    moveTo(each.weekday, minutes(each.start));
    spoken("block", each);
    // Where the days stand one under another, the fields are far below.
    return choose(each.key).then(() => isDrawn() || toFields());
  }
  const day = event.target.closest("#grid [data-weekday]");
  if (!day || !isDrawn() || event.target.closest("[data-bubble]")) return undefined;
  moveTo(Number(day.dataset.weekday), minuteAt(event.clientY));
  return draft().chosen ? choose(null) : undefined;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-choose]");
  if (link) {
    event.preventDefault();
    return void chooseFrom(link);
  }
  for (const [selector, act] of Object.entries(CLICKS)) {
    const button = event.target.closest(selector);
    if (!button || button.matches("[data-undo][aria-disabled=true], [data-redo][aria-disabled=true]")) continue;
    act(button);
    if (button.matches("[data-settles]")) quiet(true);
    return undefined;
  }
  return void onTile(event);
});

document.addEventListener("change", (event) => {
  const target = event.target;
  if (target.matches("[data-weeks]")) change([{ set: { weeks: target.value } }]);
  else if (target.matches("[data-view]")) show(target.value);
  else if (target.matches("[data-under]")) look(draft().chosen, target.value);
  else if (target.closest("[data-block-form]")) saveBlock(target.closest("form"), target);
  else if (target.closest("[data-fields-form]")) saveFields(target.closest("form"));
});

// Enter in a field of a block makes the browser say "change" by itself.
document.addEventListener("submit", (event) => {
  if (!event.target.closest("#editor")) return;
  event.preventDefault();
  if (event.target.matches("[data-new-form]")) addBlock(event.target);
});

// The week as a list and back, from anywhere.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.shiftKey || event.key.toLowerCase() !== "l") return;
  event.preventDefault();
  document.querySelector("[data-view]:not(:checked)").click();
});

document.addEventListener("keydown", (event) => {
  const outside = event.target.id === "grid" || typing(event.target);
  if (outside || event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  if (key === "z" && !event.shiftKey) back(undo(), "undone");
  else back(redo(), "redone");
});

// Somebody changed the draft: the state says how far it is now.
document.addEventListener("live:updated", (event) => {
  if (event.target.id !== "editor-state") return;
  const revision = Number(event.target.querySelector("[data-revision]").dataset.revision);
  catchUp(revision);
});
document.addEventListener("raster:chosen", () => {
  hushed = false;
});
for (const moment of ["raster:shown", "raster:history", "raster:armed"]) document.addEventListener(moment, dress);
for (const moment of ["raster:shown", "raster:moved", "raster:armed"]) document.addEventListener(moment, offer);
dress();
offer();
