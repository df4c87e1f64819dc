// Puts new HTML in the place of old without rebuilding what stays: focus, scroll, open details and typed text are kept.
import { Idiomorph } from "../vendor/idiomorph.esm.js";

const callbacks = {
  beforeNodeMorphed: (old) => !(old instanceof Element && old.hasAttribute("data-keep")),
  beforeAttributeUpdated: (name, node) => !(name === "open" && node instanceof HTMLDetailsElement),
};

/** `style` is "innerHTML" for what is inside the element, "outerHTML" for the element itself. */
export function morph(element, content, style) {
  // Idiomorph passes over all of the active element, not only its value: a focused row would stay as it was.
  const ignoreActiveValue = document.activeElement?.matches("input, textarea, select") ?? false;
  Idiomorph.morph(element, content, { morphStyle: style, ignoreActiveValue, callbacks });
}
