// The socket over which the browsers of one consult find each other. It comes back by itself; what it says are hints,
// numbered, and a gap in the numbers is filled by asking for the whole.
//   events: snapshot {you, peers} · joined {peer, role, replaces} · left {peer} · signal {from, data} · lost · ended {reason}
const PING = 20000;
const PONG_WITHIN = 15000;
const RETRY_FIRST = 500;
const RETRY_MOST = 8000;
// The server allows ten messages in any second: five at once and four a second stay under that.
const BURST = 5;
const PER_SECOND = 4;
const FINAL = { 4403: "over", 4409: "elsewhere" };

export class Room extends EventTarget {
  #url;
  #socket;
  #seq = 0;
  #failures = 0;
  #queue = [];
  #tokens = BURST;
  #refilled = performance.now();
  #timers = {};
  #closed = false;

  constructor(path) {
    super();
    const url = new URL(path, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    this.#url = url;
    this.#open();
    window.addEventListener("online", this.#online);
  }

  send(message) {
    this.#queue.push(JSON.stringify(message));
    this.#flush();
  }

  /** A new seat: to the others we are a newcomer again. */
  rejoin() {
    this.#failures = 0;
    this.#drop();
    this.#open();
  }

  close() {
    this.#closed = true;
    window.removeEventListener("online", this.#online);
    this.#drop();
  }

  #online = () => this.#socket?.readyState === WebSocket.OPEN || this.rejoin();

  #open() {
    if (this.#closed) return;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#timers.ping = setInterval(() => this.#ping(), PING);
      this.#flush();
    };
    socket.onmessage = (event) => this.#hear(JSON.parse(event.data));
    socket.onclose = (event) => this.#lose(event.code);
  }

  #drop() {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#timers = {};
    this.#queue = [];
    this.#seq = 0;
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }

  #lose(code) {
    this.#drop();
    if (code in FINAL) {
      this.#closed = true;
      this.#tell("ended", { reason: FINAL[code] });
      return;
    }
    this.#tell("lost", {});
    const wait = Math.min(RETRY_MOST, RETRY_FIRST * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    this.#failures += 1;
    this.#timers.retry = setTimeout(() => this.#open(), wait);
  }

  // A network that went away says nothing: only a missing answer tells.
  #ping() {
    this.send({ type: "ping" });
    this.#timers.pong = setTimeout(() => this.#lose(0), PONG_WITHIN);
  }

  #hear(message) {
    switch (message.type) {
      case "pong":
        clearTimeout(this.#timers.pong);
        return;
      case "snapshot":
        this.#failures = 0;
        this.#seq = message.seq;
        this.#tell("snapshot", message);
        return;
      case "joined":
      case "left":
        if (message.seq <= this.#seq) return;
        if (message.seq > this.#seq + 1) return this.send({ type: "look" });
        this.#seq = message.seq;
        this.#tell(message.type, message);
        return;
      case "signal":
        this.#tell("signal", message);
    }
  }

  #flush() {
    const now = performance.now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#refilled) / 1000) * PER_SECOND);
    this.#refilled = now;
    while (this.#queue.length && this.#tokens >= 1 && this.#socket?.readyState === WebSocket.OPEN) {
      this.#tokens -= 1;
      this.#socket.send(this.#queue.shift());
    }
    if (this.#queue.length && !this.#timers.flush) {
      this.#timers.flush = setTimeout(() => {
        this.#timers.flush = null;
        this.#flush();
      }, 1000 / PER_SECOND);
    }
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
