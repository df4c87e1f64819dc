// A clinician's day. After one's own action the focus goes on to what comes next, and only then: a patient who arrives
// must not put a button under a key that is about to be pressed. What the facts suggest in the closing form follows them
// for as long as the clinician has not chosen otherwise.
const suggested = new Map();
const touched = new WeakSet();
let acted = false;

function goOn() {
  if (acted && document.activeElement === document.body) document.querySelector("[data-autofocus]")?.focus();
  acted = false;
}

function suggest() {
  for (const hint of document.querySelectorAll("[data-suggested]")) {
    const id = hint.dataset.suggestedFor;
    const before = suggested.get(id);
    suggested.set(id, hint.dataset.suggested);
    const form = document.getElementById(id);
    if (!form || before === undefined || before === hint.dataset.suggested || touched.has(form)) continue;
    const choice = form.querySelector(`input[name="outcome"][value="${CSS.escape(hint.dataset.suggested)}"]`);
    if (!choice) continue;
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

document.addEventListener("change", (event) => {
  if (event.isTrusted && event.target.name === "outcome") touched.add(event.target.form);
});
document.addEventListener("live:refresh", () => {
  acted = true;
});
document.addEventListener("live:updated", () => {
  suggest();
  goOn();
});
suggest();
