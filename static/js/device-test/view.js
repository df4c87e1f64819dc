// What is shown of templates/patient/test.html, which holds every word: one step, in one state, with one finding.
// The gravest first. A part that was skipped says nothing: it is neither praised nor blamed.
const VERDICTS = [
  ["bad", "fails"],
  ["warn", "partly"],
  ["skipped", "untested"],
  ["good", "works"],
];
const isShown = (part) => part.getClientRects().length > 0;

export class View {
  constructor(root) {
    this.root = root;
  }

  panel(step) {
    return this.root.querySelector(`[data-panel="${step}"]`);
  }

  /** `state`: ready, running, or the grade of what was found: good, warn, bad. */
  show(step, state = "ready", finding = "") {
    for (const part of this.root.querySelectorAll("[data-step]")) part.hidden = part.dataset.step !== step;
    for (const part of this.root.querySelectorAll(`[data-step="${step}"] [data-when]`)) {
      const inTime = part.dataset.when.split(" ").includes(state);
      part.hidden = !inTime || (part.dataset.finding ?? finding) !== finding;
    }
    this.#keepFocus();
  }

  grade(step, finding) {
    return this.#line(step).querySelector(`.word[data-finding="${finding}"]`).dataset.grade;
  }

  summary(findings) {
    const grades = Object.entries(findings).map(([step, finding]) => [step, this.#judge(step, finding)]);
    const worst = grades.find(([, grade]) => grade === "bad") ?? grades.find(([, grade]) => grade === "warn");
    const [, verdict] = VERDICTS.find(([grade]) => grades.some(([, one]) => one === grade));
    for (const part of this.root.querySelectorAll("[data-verdict]")) part.hidden = part.dataset.verdict !== verdict;
    for (const part of this.root.querySelectorAll("[data-look]")) part.hidden = part.dataset.look !== worst?.[0];
    for (const [step, grade] of grades) {
      const again = this.root.querySelector(`[data-again="${step}"]`);
      if (again) again.hidden = grade === "good" || findings.browser !== "good";
    }
    this.#line("browser").hidden = findings.browser === "good";
    this.show("summary");
  }

  notKept(failed) {
    this.root.querySelector("[data-not-kept]").hidden = !failed;
  }

  #judge(step, finding) {
    const line = this.#line(step);
    const grade = this.grade(step, finding);
    line.className = grade;
    for (const part of line.querySelectorAll("[data-finding]")) part.hidden = part.dataset.finding !== finding;
    return grade;
  }

  #line(step) {
    return this.root.querySelector(`[data-line="${step}"]`);
  }

  // The button that was pressed may be gone: whoever works by keyboard or listens goes on at the heading.
  #keepFocus() {
    const held = document.activeElement;
    if (held && held !== document.body && isShown(held)) return;
    [...this.root.querySelectorAll("h1")].find(isShown)?.focus();
  }
}
