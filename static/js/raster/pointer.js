// Mouse, pen and finger: from the palette to the week, over empty time, a block, one of its edges.
import { arm, armedItem, item, made, moved, put, resized, room } from "./blocks.js";
import { block, change, spoken } from "./draft.js";
import { dayAt, isDrawn, isOver, iso, last, mark, minuteAt, minutes, STEP, within } from "./grid.js";
import { moveTo } from "./cursor.js";

const EDGE = 7;
const MOVED = 4;
let gesture;

const text = (start, end) => `${iso(start)}–${iso(end)}`.replace(/\b0/g, "").replaceAll(":", ".");

// Each gesture says, for a point, what would stand there: {day, start, end, look} or nothing.
function fromPalette(name) {
  const of = item(name);
  return {
    place(x, y) {
      if (!isOver(x, y)) return null;
      const [day, start] = [dayAt(x), minuteAt(y)];
      const length = room(of, day, start);
      return length ? { day, start, end: start + length, look: of.look } : null;
    },
    done: ({ day, start, end }) => create(of, day, start, end),
  };
}

function painting(day, from) {
  const of = armedItem();
  return {
    place(_, y) {
      const to = minuteAt(y);
      const start = Math.min(from, to);
      const wanted = Math.abs(to - from) + STEP;
      const length = room(of, day, start, wanted);
      return length && { day, start, end: start + length, look: of.look };
    },
    done: ({ start, end }) => create(of, day, start, end),
  };
}

function moving(key, y) {
  const each = block(key);
  const grip = minuteAt(y) - minutes(each.start);
  const length = minutes(each.end) - minutes(each.start);
  return {
    place(x, at) {
      const start = within(minuteAt(at) - grip, undefined, last() - length);
      return { day: dayAt(x), start, end: start + length, look: "held" };
    },
    done: ({ day, start }) => store(moved(key, day, start), key),
  };
}

function resizing(key, edge) {
  const each = block(key);
  const [from, to] = [minutes(each.start), minutes(each.end)];
  return {
    place(_, y) {
      const at = minuteAt(y);
      const [start, end] = edge === "start" ? [Math.min(at, to - STEP), to] : [from, Math.max(at + STEP, from + STEP)];
      return { day: each.weekday, start, end, look: "held" };
    },
    done: ({ start, end }) => store(resized(key, start, end), key),
  };
}

function create(of, day, start, end) {
  const fresh = made(of, day, start, end);
  moveTo(day, start);
  return change([put(fresh)], fresh.key).then((saved) => saved && spoken("placed", { ...fresh, label: of.label }));
}

function store(each, key) {
  const before = block(key);
  if (each.start === before.start && each.end === before.end && each.weekday === before.weekday) return undefined;
  moveTo(each.weekday, minutes(each.start));
  return change([put(each)], key).then((saved) => saved && spoken("dropped", { ...each, label: before.label }));
}

function edgeOf(tile, y) {
  const box = tile.getBoundingClientRect();
  const reach = Math.min(EDGE, box.height / 4);
  return y - box.top < reach ? "start" : box.bottom - y < reach ? "end" : null;
}

function begin(event) {
  const chip = event.target.closest("[data-item]");
  if (chip) return fromPalette(chip.dataset.item);
  const grid = event.target.closest("#grid");
  if (!grid || !isDrawn() || event.target.closest("[data-bubble]")) return null;
  const tile = event.target.closest("[data-block]");
  if (!tile) {
    const day = event.target.closest("[data-weekday]");
    return day && event.pointerType !== "touch" ? painting(Number(day.dataset.weekday), minuteAt(event.clientY)) : null;
  }
  // A finger that goes over the page scrolls it: it holds only the block that it has chosen before.
  if (event.pointerType === "touch" && !tile.classList.contains("chosen")) return null;
  const key = Number(tile.dataset.block);
  const edge = edgeOf(tile, event.clientY);
  return edge ? resizing(key, edge) : moving(key, event.clientY);
}

function draw(event) {
  const place = gesture.place(event.clientX, event.clientY);
  gesture.at = place;
  mark("ghost", place && { ...place, text: text(place.start, place.end) });
}

function end() {
  if (gesture?.moving) swallowClick();
  gesture = undefined;
  document.body.classList.remove("dragging");
  mark("ghost");
}

// A click must not follow a drag.
function swallowClick() {
  const swallow = (event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
}

document.addEventListener("pointerdown", (event) => {
  if (event.button || !event.isPrimary) return;
  const begun = begin(event);
  if (!begun) return;
  gesture = { ...begun, x: event.clientX, y: event.clientY, moving: false };
  event.target.releasePointerCapture?.(event.pointerId);
});
document.addEventListener("pointermove", (event) => {
  if (!gesture || !event.isPrimary) return;
  if (!gesture.moving && Math.hypot(event.clientX - gesture.x, event.clientY - gesture.y) < MOVED) return;
  if (!gesture.moving) document.body.classList.add("dragging");
  gesture.moving = true;
  draw(event);
});
document.addEventListener("pointerup", (event) => {
  if (!gesture || !event.isPrimary) return;
  const { at, done, moving: hasMoved } = gesture;
  end();
  if (hasMoved && at) Promise.resolve(done(at)).then(() => mark("ghost"));
});
document.addEventListener("pointercancel", end);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !gesture) return;
  event.preventDefault();
  event.stopPropagation();
  end();
}, true);
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-item]");
  if (!chip) return;
  arm(chip.dataset.item);
  document.dispatchEvent(new CustomEvent("raster:armed"));
});
