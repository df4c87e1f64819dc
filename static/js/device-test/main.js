// The test of the device: one step at a time, each begun by a press, each skipped at will. At the end it is told once.
import { browserFigures, findBrowser } from "./browser.js";
import { testCamera } from "./camera.js";
import { testConnection } from "./connection.js";
import { testMicrophone } from "./microphone.js";
import { testSpeaker } from "./speaker.js";
import { View } from "./view.js";

const TESTS = { camera: testCamera, microphone: testMicrophone, speaker: testSpeaker, connection: testConnection };
const ORDER = Object.keys(TESTS);

class DeviceTest {
  constructor(root) {
    this.root = root;
    this.view = new View(root);
    this.step = "start";
    this.only = false;
    this.findings = { browser: "good", ...Object.fromEntries(ORDER.map((step) => [step, "skipped"])) };
    this.figures = {};
    this.running = new AbortController();
    root.querySelector("[data-without-script]").hidden = true;
    root.addEventListener("click", (event) => this.#pressed(event.target.closest("button")));
    window.addEventListener("pagehide", () => this.running.abort());
    this.#to("start");
  }

  #pressed(button) {
    if (button?.matches("[data-start]")) this.#start();
    else if (button?.matches("[data-run]")) this.#run(this.step);
    else if (button?.matches("[data-next]")) this.#next();
    else if (button?.matches("[data-skip]")) {
      if (!this.only) this.findings[this.step] = "skipped";
      this.#next();
    } else if (button?.dataset.again) {
      this.only = true;
      this.#to(button.dataset.again);
    }
  }

  #start() {
    this.only = false;
    this.findings.browser = findBrowser();
    if (this.findings.browser === "good") this.#to(ORDER[0]);
    else this.#end();
  }

  #to(step) {
    this.running.abort();
    this.step = step;
    this.view.show(step);
  }

  async #run(step) {
    this.running.abort();
    this.running = new AbortController();
    const { signal } = this.running;
    this.view.show(step, "running");
    const { finding, figures } = await TESTS[step](this.view.panel(step), signal);
    if (signal.aborted) return;
    this.findings[step] = finding;
    if (figures) this.figures = figures;
    this.view.show(step, this.view.grade(step, finding), finding);
  }

  #next() {
    const next = ORDER[ORDER.indexOf(this.step) + 1];
    if (next && !this.only) this.#to(next);
    else this.#end();
  }

  #end() {
    this.running.abort();
    this.step = "summary";
    this.view.summary(this.findings);
    const tested = findBrowser() !== "good" || ORDER.some((step) => this.findings[step] !== "skipped");
    if (tested) this.#tell();
  }

  async #tell() {
    const token = this.root.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ ...this.findings, ...this.figures, ...browserFigures() });
    const headers = { "X-CSRFToken": token };
    const kept = await fetch(this.root.dataset.tell, { method: "POST", body, headers, redirect: "error" })
      .then((answer) => answer.ok)
      .catch(() => false);
    this.view.notKept(!kept);
  }
}

new DeviceTest(document.querySelector("[data-device-test]"));
