// One consult on one page: camera and microphone on, into the room, a connection to whoever is there.
import { openMedia, stopMedia } from "./media.js";
import { Peer } from "./peer.js";
import { Room } from "./room.js";
import { View } from "./view.js";

const LOOK = 1000;
const LOOKS_FOR_PICTURE = 5;
// After so many tries in a row the person is told that it does not work; trying goes on.
const TRIES_BEFORE_TELLING = 2;

export class Call {
  #view;
  #data;
  #room = null;
  #stream = null;
  #peers = new Map();
  #looking = null;
  #told = false;
  #stuck = 0;
  #problem = "";
  #looksWithoutPicture = 0;
  #closed = false;

  constructor(element) {
    this.#view = new View(element);
    this.#data = element.dataset;
    this.#view.onRetry(() => this.#again());
  }

  askToStart(onStart) {
    this.#view.say("ready");
    this.#view.askToStart(() => {
      onStart();
      this.start();
    });
  }

  async start() {
    this.#view.say("starting");
    if (!(await this.#openMedia())) return;
    const room = new Room(this.#data.socket);
    this.#room = room;
    room.addEventListener("snapshot", ({ detail }) => this.#settle(detail));
    room.addEventListener("joined", ({ detail }) => this.#welcome(detail));
    room.addEventListener("left", ({ detail }) => this.#miss(detail.peer));
    room.addEventListener("signal", ({ detail }) => this.#peers.get(detail.from)?.link.hear(detail.data));
    room.addEventListener("lost", () => this.#view.say("lost"));
    room.addEventListener("ended", ({ detail }) => this.#end(detail.reason));
    this.#looking = setInterval(() => this.#look(), LOOK);
  }

  close() {
    this.#closed = true;
    clearInterval(this.#looking);
    this.#room?.close();
    this.#dropAll();
    stopMedia(this.#stream);
  }

  async #openMedia() {
    const { stream, problem } = await openMedia();
    if (this.#closed) {
      stopMedia(stream);
      return false;
    }
    stopMedia(this.#stream);
    this.#stream = stream;
    this.#problem = problem;
    this.#view.showSelf(stream);
    this.#view.problem(problem, stream);
    return true;
  }

  async #again() {
    if (await this.#openMedia()) this.#room?.rejoin();
  }

  // The whole truth about who is there. Who sits longer than we do waits for our offer.
  #settle({ you, peers }) {
    const ours = peers.find(([peer]) => peer === you)?.[1] ?? 0;
    if (this.#data.you !== you) {
      this.#data.you = you;
      this.#dropAll();
      this.#told = false;
      if (this.#problem) this.#room.send({ type: "failed", reason: this.#problem });
    }
    const present = new Set(peers.map(([peer]) => peer));
    for (const peer of this.#peers.keys()) if (!present.has(peer)) this.#drop(peer);
    for (const [peer, seq, role] of peers) {
      if (peer !== you && !this.#peers.has(peer)) this.#connect(peer, role, seq < ours);
    }
    this.#sayWhoIsThere();
  }

  #welcome({ peer, role, replaces }) {
    this.#told = false;
    if (replaces) this.#drop(replaces);
    if (!this.#peers.has(peer)) this.#connect(peer, role, false);
    this.#sayWhoIsThere();
  }

  #miss(peer) {
    this.#drop(peer);
    this.#sayWhoIsThere();
  }

  #connect(peer, role, offers) {
    const send = (data) => this.#room?.send({ type: "signal", to: peer, data });
    const link = new Peer({ ice: JSON.parse(this.#data.ice), stream: this.#stream, offers, send });
    this.#peers.set(peer, { link, role });
    link.addEventListener("media", ({ detail }) => this.#view.showRemote(peer, role, detail.stream));
    link.addEventListener("state", () => this.#sayWhoIsThere());
    link.addEventListener("stuck", () => this.#unstick(peer, link));
  }

  #unstick(peer, link) {
    if (this.#closed || this.#peers.get(peer)?.link !== link) return;
    this.#stuck += 1;
    if (this.#stuck === TRIES_BEFORE_TELLING) {
      this.#problem = "no_connection";
      this.#view.problem("no_connection", this.#stream);
    }
    this.#view.say("lost");
    this.#room.rejoin();
  }

  #drop(peer) {
    this.#peers.get(peer)?.link.close();
    this.#peers.delete(peer);
    this.#view.removeRemote(peer);
  }

  #dropAll() {
    for (const { link } of this.#peers.values()) link.close();
    this.#peers.clear();
    this.#view.clearRemotes();
  }

  #sayWhoIsThere() {
    if (this.#peers.size === 0) this.#view.say("alone");
    else if ([...this.#peers.values()].some(({ link }) => link.connected)) this.#view.say("connected");
    else this.#view.say("connecting");
  }

  async #look() {
    if (this.#told) return;
    for (const { link } of this.#peers.values()) {
      const { picture, sound } = await link.flows().catch(() => ({}));
      if (!picture && !sound) continue;
      // Sound is there first; only when no picture follows is sound all there is.
      this.#looksWithoutPicture = picture ? 0 : this.#looksWithoutPicture + 1;
      if (!picture && this.#looksWithoutPicture < LOOKS_FOR_PICTURE) continue;
      this.#told = true;
      this.#stuck = 0;
      if (this.#problem === "no_connection") {
        this.#problem = "";
        this.#view.problem("", this.#stream);
      }
      this.#room?.send({ type: "connected" });
      return;
    }
  }

  #end(reason) {
    this.close();
    this.#view.say(reason);
  }
}
