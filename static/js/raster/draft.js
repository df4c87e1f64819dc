// The draft as the server last showed it, and what was done to it here. Every change is saved at once; the answer is
// the editor anew. Undo and redo are changes as well, so that a colleague's work is never turned back by them.
import { morph } from "../morph.js";
import { quiet, say, tell } from "./speech.js";

const RETRY = 3000;
const root = () => document.getElementById("editor");
const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

let shown = JSON.parse(root().dataset.draft);
let queue = Promise.resolve();
let fresh = 0;
let undoable = [];
let redoable = [];

export const draft = () => shown;
export const block = (key) => shown.blocks[key];
export const blocksOn = (day) => Object.values(shown.blocks).filter((each) => each.weekday === day);
export const newKey = () => (fresh -= 1);
export const canUndo = () => undoable.length > 0;
export const canRedo = () => redoable.length > 0;

/** What the server takes of a block: without the words that it gave along. */
export const bare = ({ label, ...rest }) => rest;

const keyOf = (change) => change.put?.key ?? change.remove ?? 0;

function inverseOf(changes) {
  return changes.map((change) => {
    if (change.remove) return { put: { ...bare(block(change.remove)), key: newKey() }, was: change.remove };
    if (change.set) return { set: Object.fromEntries(Object.keys(change.set).map((name) => [name, shown.fields[name]])) };
    return change.put.key < 0 ? { remove: change.put.key } : { put: bare(block(change.put.key)) };
  });
}

// A block that came back has another key: what is still to be undone or done again must follow it.
function follow(was, now) {
  const moved = (change) => {
    if (change.remove === was) return { remove: now };
    if (change.put?.key === was) return { put: { ...change.put, key: now }, ...(change.was && { was: change.was }) };
    return change.was === was ? { ...change, was: now } : change;
  };
  undoable = undoable.map((changes) => changes.map(moved));
  redoable = redoable.map((changes) => changes.map(moved));
}

function place(each, words = shown.words) {
  const day = shown.days[each.weekday] ?? "";
  return { label: each.label ?? "", day, from: clock(each.start), to: clock(each.end), until: clock(each.end), words };
}

export const clock = (iso) => iso.replace(/^0/, "").replace(":", ".");
export const spoken = (name, each, more = {}) => say(shown.words[name], { ...place(each), ...more });

// What somebody else changed cannot be undone here any more, and is said.
function noteForeign(before, touched, by) {
  const keys = new Set([...Object.keys(before.blocks), ...Object.keys(shown.blocks)].map(Number));
  const foreign = [...keys].filter((key) => !touched.has(key) && !same(before.blocks[key], shown.blocks[key]));
  const fields = !touched.has(0) && !same(before.fields, shown.fields);
  if (!foreign.length && !fields) return;
  const mine = (changes) => !changes.some((change) => foreign.includes(change.was ?? keyOf(change)) || (fields && change.set));
  undoable = undoable.filter(mine);
  redoable = redoable.filter(mine);
  const where = foreign.map((key) => {
    const now = shown.blocks[key];
    const words = place(now ?? before.blocks[key]);
    return now ? `${words.day} ${words.from}–${words.to}` : fill(shown.words.gone, words);
  });
  if (fields) where.push(shown.words.fields);
  tell("info", fill(shown.words.changed, { who: by || shown.words.colleague, where: where.join(", ") }));
}

export const fill = (text, words) => text.replace(/\{(\w+)\}/g, (_, name) => words[name] ?? "");

function show(html, touched = new Set(), by = undefined) {
  const before = shown;
  const next = document.createElement("template");
  next.innerHTML = html;
  const notice = next.content.querySelector("[data-notice]");
  if (notice) {
    notice.remove();
    document.getElementById("editor-notices").replaceChildren(notice);
  }
  morph(root(), next.content.firstElementChild, "outerHTML");
  shown = JSON.parse(root().dataset.draft);
  for (const key of Object.values(shown.keys)) touched.add(key);
  noteForeign(before, touched, by ?? shown.by);
  document.dispatchEvent(new CustomEvent("raster:shown"));
  root().dispatchEvent(new CustomEvent("live:updated", { bubbles: true }));
}

// Null: the answer was lost and the draft has changed since, by this very change or by somebody else's.
async function post(changes) {
  const base = shown.revision;
  const body = JSON.stringify({ base: shown.revision, changes, blok: shown.chosen, onder: shown.under });
  for (;;) {
    try {
      return await fetch(shown.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body,
        redirect: "manual",
      });
    } catch {
      tell("warn", shown.words.lost);
      await pause(RETRY);
      await fetchShown(shown.chosen, shown.under);
      if (shown.revision !== base) return null;
    }
  }
}

async function save(changes, stack) {
  const inverse = inverseOf(changes);
  const touched = new Set(changes.map(keyOf));
  const wanted = changes.map(({ was, ...change }) => change);
  const response = await post(wanted);
  if (!response) {
    tell("warn", shown.words.unsure, { label: shown.words.again, changes: wanted });
    return false;
  }
  if (![200, 409, 422, 503].includes(response.status)) {
    tell("error", shown.words.failed);
    return false;
  }
  if (response.status === 200) quiet();
  show(await response.text(), response.status === 200 ? touched : new Set(), response.status === 200 ? "" : undefined);
  if (response.status !== 200) {
    if (response.status === 422) say(shown.words.refused);
    return false;
  }
  const keys = shown.keys;
  for (const change of changes) if (change.was) follow(change.was, keys[change.put.key]);
  stack.push(inverse.map((change) => (change.remove in keys ? { remove: keys[change.remove] } : change)));
  document.dispatchEvent(new CustomEvent("raster:history"));
  return true;
}

function inTurn(work) {
  queue = queue.then(work).catch((problem) => {
    console.error(problem);
    tell("error", shown.words.failed);
    return false;
  });
  return queue;
}

/** Saves the changes; resolves to whether they were. `chosen`: the block to look at afterwards, by its key. */
export function change(changes, chosen = undefined) {
  return inTurn(async () => {
    if (!changes.length) return false;
    if (chosen !== undefined) shown.chosen = chosen;
    const redo = redoable;
    redoable = [];
    const saved = await save(changes, undoable);
    if (!saved) redoable = redo;
    return saved;
  });
}

function back(from, to) {
  return inTurn(async () => {
    const changes = from().pop();
    if (!changes) return false;
    return save(changes, to());
  });
}

export const undo = () => back(() => undoable, () => redoable);
export const redo = () => back(() => redoable, () => undoable);

async function fetchShown(chosen, under) {
  const query = new URLSearchParams({ blok: chosen ?? "", onder: under });
  try {
    const response = await fetch(`${shown.url}?${query}`, { headers: { "X-Requested-With": "live" }, redirect: "manual" });
    if (response.ok) show(await response.text());
  } catch {
    // Without a connection the draft stays as it was shown; the state asks again.
  }
}

/** The draft as it is now, looking at this block and with this laid under it. */
export function look(chosen = shown.chosen, under = shown.under) {
  return inTurn(() => fetchShown(chosen, under));
}

/** The draft is at this revision by now; what was saved here itself is shown already. */
export function catchUp(revision) {
  return inTurn(() => revision > shown.revision && fetchShown(shown.chosen, shown.under));
}
