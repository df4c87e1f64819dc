// What a gesture makes of blocks: a new one of the palette, one moved or resized, a day copied.
import { bare, block, blocksOn, draft, newKey } from "./draft.js";
import { iso, last, minutes } from "./grid.js";

let armed;

export const items = () => draft().items;
export const item = (name) => items().find((each) => each.name === name);
export const armedItem = () => item(armed) ?? items()[0];
export const arm = (name) => (armed = name);

/** The types of an item that go with so many minutes per patient; of all that fit the longest, where none is as long. */
export function typesFor(of, slot) {
  if (of.mode !== "fixed") return of.types.map(([id]) => id);
  const exact = of.types.filter(([, length]) => length === slot);
  const longest = Math.max(...of.types.filter(([, length]) => length <= slot).map(([, length]) => length));
  return (exact.length ? exact : of.types.filter(([, length]) => length === longest)).map(([id]) => id);
}

const holds = (one, other) => (one.mode === "break") === (other.mode === "break");

function usualPlace() {
  const count = new Map();
  for (const each of Object.values(draft().blocks)) {
    if (each.workplace) count.set(each.workplace, (count.get(each.workplace) ?? 0) + 1);
  }
  return [...count].sort((one, other) => other[1] - one[1])[0]?.[0] ?? null;
}

const whole = (length, slot) => (slot ? Math.max(slot, length - (length % slot)) : length);

/** How far a new block of this item may reach from here: its usual length, or what is free. 0: there is no room. */
export function room(of, day, start, wanted = of.minutes) {
  const beside = blocksOn(day).filter((each) => holds(each, of));
  if (beside.some((each) => minutes(each.start) <= start && start < minutes(each.end))) return 0;
  const next = Math.min(last(), ...beside.map((each) => minutes(each.start)).filter((each) => each >= start));
  const length = whole(wanted, of.slot_minutes);
  return length <= next - start ? length : next - start;
}

export function made(of, day, start, end) {
  return {
    key: newKey(),
    weekday: day,
    start: iso(start),
    end: iso(end),
    mode: of.mode,
    slot_minutes: of.slot_minutes,
    start_up_minutes: 0,
    types: typesFor(of, of.slot_minutes),
    workplace: of.mode === "break" ? null : usualPlace(),
    release_minutes: of.release_minutes,
    note: "",
  };
}

export const put = (each) => ({ put: bare(each) });

export function moved(key, day, start) {
  const each = block(key);
  const length = minutes(each.end) - minutes(each.start);
  return { ...bare(each), weekday: day, start: iso(start), end: iso(start + length) };
}

export const resized = (key, start, end) => ({ ...bare(block(key)), start: iso(start), end: iso(end) });

/** Day `to` becomes what was copied: what stands there goes. */
export function pasted(copied, to) {
  const away = blocksOn(to).map((each) => ({ remove: each.key }));
  return [...away, ...copied.map((each) => put({ ...each, key: newKey(), weekday: to }))];
}

/** The block at this minute; a break lies over what it interrupts. */
export function blockAt(day, minute) {
  const here = blocksOn(day).filter((each) => minutes(each.start) <= minute && minute < minutes(each.end));
  return here.find((each) => each.mode === "break") ?? here[0];
}
