// The connection to one other browser. Only who came later offers: two browsers that both begin can hang without ever
// failing. Once connected, either may renegotiate, and the one that came later gives way (perfect negotiation).
//   events: media {stream} · state {connected} · stuck
const CONNECTED_WITHIN = 10000;
const BACK_WITHIN = 4000;
const GATHER = 60;
const CANDIDATES_PER_MESSAGE = 10;

export class Peer extends EventTarget {
  #connection;
  #offers;
  #send;
  #making = false;
  #ignoring = false;
  #candidates = [];
  #early = [];
  #gathering = null;
  #watchdog = null;
  #work = Promise.resolve();

  constructor({ ice, stream, offers, send }) {
    super();
    this.#offers = offers;
    this.#send = send;
    this.#connection = new RTCPeerConnection({ iceServers: ice });
    this.#connection.ontrack = ({ streams }) => this.#tell("media", { stream: streams[0] });
    this.#connection.onicecandidate = ({ candidate }) => this.#gather(candidate);
    this.#connection.onnegotiationneeded = () => this.#negotiate();
    this.#connection.onconnectionstatechange = () => this.#changed();
    this.#bring(stream);
    this.#watch(CONNECTED_WITHIN);
  }

  get connected() {
    return this.#connection.connectionState === "connected";
  }

  /** What the other side sends arrives here: frames decoded where there is picture, else packets of sound. */
  async flows() {
    let picture = false;
    let sound = false;
    for (const report of (await this.#connection.getStats()).values()) {
      if (report.type !== "inbound-rtp") continue;
      if (report.kind === "video") picture ||= report.framesDecoded > 0;
      if (report.kind === "audio") sound ||= report.packetsReceived > 0;
    }
    return { picture, sound };
  }

  /** In order, one after the other: an answer must not overtake its candidates. */
  hear(data) {
    this.#work = this.#work.then(() => this.#take(data)).catch(() => this.#tell("stuck"));
  }

  close() {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#gathering);
    this.#connection.ontrack = this.#connection.onicecandidate = this.#connection.onnegotiationneeded = null;
    this.#connection.onconnectionstatechange = null;
    this.#connection.close();
  }

  #bring(stream) {
    for (const track of stream.getTracks()) this.#connection.addTrack(track, stream);
    if (!this.#offers) return;
    // Whoever has no camera or microphone can still see and hear.
    for (const kind of ["audio", "video"]) {
      if (!stream.getTracks().some((track) => track.kind === kind)) {
        this.#connection.addTransceiver(kind, { direction: "recvonly" });
      }
    }
  }

  async #negotiate() {
    if (!this.#offers && !this.#connection.remoteDescription) return;
    try {
      this.#making = true;
      await this.#connection.setLocalDescription();
      this.#send({ description: this.#connection.localDescription });
    } catch {
      this.#tell("stuck");
    } finally {
      this.#making = false;
    }
  }

  async #take({ description, candidates = [] }) {
    if (description) await this.#describe(description);
    this.#early.push(...candidates);
    if (!this.#connection.remoteDescription || this.#ignoring) return;
    for (const candidate of this.#early.splice(0)) {
      // A candidate of an offer that was set aside may come late: it is of no use, and no fault.
      await this.#connection.addIceCandidate(candidate).catch(() => {});
    }
  }

  async #describe(description) {
    const collides = description.type === "offer" && (this.#making || this.#connection.signalingState !== "stable");
    this.#ignoring = collides && !this.#offers;
    if (this.#ignoring) return;
    await this.#connection.setRemoteDescription(description);
    if (description.type !== "offer") return;
    await this.#connection.setLocalDescription();
    this.#send({ description: this.#connection.localDescription });
  }

  // Candidates come in bursts, one message each would be too many.
  #gather(candidate) {
    if (candidate) this.#candidates.push(candidate.toJSON());
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      while (this.#candidates.length) this.#send({ candidates: this.#candidates.splice(0, CANDIDATES_PER_MESSAGE) });
    }, GATHER);
  }

  #changed() {
    const state = this.#connection.connectionState;
    this.#tell("state", { connected: state === "connected" });
    if (state === "connected") clearTimeout(this.#watchdog);
    if (state === "failed") this.#tell("stuck");
    if (state === "disconnected") this.#restart();
  }

  #restart() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      this.#connection.restartIce();
      this.#watch(CONNECTED_WITHIN);
    }, BACK_WITHIN);
  }

  #watch(within) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.connected || this.#tell("stuck"), within);
  }

  #tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
