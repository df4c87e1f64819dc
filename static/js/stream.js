// One event stream for all tabs of a browser: browsers allow six connections to a host, a clerk has more tabs.
// Whichever tab holds the lock listens to the server and tells the others; when it closes, the next one takes over.
const BEAT = 15000;
const SILENCE = 40000;
const RETRY_MOST = 30000;

export class SharedStream extends EventTarget {
  #url;
  #channel;
  #heard = 0;
  #failures = 0;

  constructor(url) {
    super();
    this.#url = url;
    if ("BroadcastChannel" in window) {
      this.#channel = new BroadcastChannel(`stream:${url}`);
      this.#channel.onmessage = ({ data }) => this.#hear(data);
    }
    if (navigator.locks) navigator.locks.request(`stream:${url}`, () => this.#lead());
    else this.#lead();
  }

  // A tab that leads may be frozen by the browser and still hold the lock: silence counts as lost.
  get alive() {
    return Date.now() - this.#heard < SILENCE;
  }

  #hear(message) {
    if (message.kind === "lost" || message.kind === "refused") {
      this.#heard = 0;
      // No stream for us where there was one: what the page shows may be over.
      if (message.kind === "refused") this.#changed("");
      return;
    }
    const back = !this.alive;
    this.#heard = Date.now();
    if (message.kind === "changed") this.#changed(message.topic);
    else if (back) this.#changed("");
  }

  #changed(topic) {
    this.dispatchEvent(new CustomEvent("changed", { detail: topic }));
  }

  #tell(message) {
    this.#hear(message);
    this.#channel?.postMessage(message);
  }

  #lead() {
    this.#listen();
    return new Promise(() => {});
  }

  #listen() {
    const source = new EventSource(this.#url);
    const beat = setInterval(() => source.readyState === EventSource.OPEN && this.#tell({ kind: "beat" }), BEAT);
    source.onopen = () => {
      this.#failures = 0;
      this.#tell({ kind: "open" });
    };
    source.addEventListener("changed", (event) => this.#tell({ kind: "changed", topic: event.data }));
    source.onerror = () => {
      const closed = source.readyState === EventSource.CLOSED;
      this.#tell({ kind: closed && this.#failures === 0 ? "refused" : "lost" });
      if (!closed) return;
      clearInterval(beat);
      this.#failures += 1;
      const wait = Math.min(RETRY_MOST, 1000 * 2 ** this.#failures) * (0.5 + Math.random() / 2);
      setTimeout(() => this.#listen(), wait);
    };
  }
}
