// What a call looks like: templates/_components/call.html holds every word and every control, this shows the right ones.
export class View {
  constructor(element) {
    this.element = element;
    this.remotes = this.#find("remotes");
    this.self = this.#find("self");
  }

  #find(name) {
    return this.element.querySelector(`[data-call-${name}]`);
  }

  say(state) {
    const status = this.#find("status");
    const text = status.dataset[`text${state[0].toUpperCase()}${state.slice(1)}`] ?? "";
    this.element.dataset.state = state;
    if (status.textContent !== text) status.textContent = text;
  }

  askToStart(onStart) {
    const start = this.#find("start");
    start.hidden = false;
    start.querySelector("button").addEventListener("click", () => {
      start.hidden = true;
      onStart();
    });
  }

  onRetry(onRetry) {
    for (const button of this.element.querySelectorAll("[data-call-retry]")) button.addEventListener("click", onRetry);
  }

  problem(name, stream) {
    for (const notice of this.element.querySelectorAll("[data-call-problem]")) {
      notice.hidden = notice.dataset.callProblem !== name;
    }
    this.#find("partly").hidden = !name || stream.getTracks().length === 0;
  }

  showSelf(stream) {
    this.self.srcObject = stream;
    this.self.hidden = stream.getVideoTracks().length === 0;
    this.#control("mic", stream.getAudioTracks());
    this.#control("camera", stream.getVideoTracks());
  }

  #control(name, tracks) {
    const button = this.#find(name);
    button.disabled = tracks.length === 0;
    const show = () => {
      const on = tracks.some((track) => track.enabled);
      button.classList.toggle("off", tracks.length > 0 && !on);
      button.querySelector("[data-on]").hidden = !on;
      button.querySelector("[data-off]").hidden = on;
    };
    button.onclick = () => {
      for (const track of tracks) track.enabled = !track.enabled;
      show();
    };
    show();
  }

  showRemote(peer, role, stream) {
    const tile = this.#tile(peer) ?? this.#newTile(peer, role);
    const video = tile.querySelector("video");
    if (video.srcObject !== stream) video.srcObject = stream;
    video.play().catch((error) => {
      if (error.name === "NotAllowedError") this.#askForSound(video);
    });
  }

  // A browser that has seen no click in this page keeps still until there is one.
  #askForSound(video) {
    const sound = this.#find("sound");
    sound.hidden = false;
    sound.onclick = () => {
      sound.hidden = true;
      video.play();
    };
  }

  #tile(peer) {
    return this.remotes.querySelector(`[data-peer="${CSS.escape(peer)}"]`);
  }

  #newTile(peer, role) {
    const tile = this.#find("tile").content.firstElementChild.cloneNode(true);
    const name = this.element.dataset[`name${role[0].toUpperCase()}${role.slice(1)}`] ?? "";
    tile.dataset.peer = peer;
    tile.querySelector("figcaption").textContent = name;
    tile.querySelector("video").setAttribute("aria-label", name);
    this.remotes.append(tile);
    return tile;
  }

  removeRemote(peer) {
    this.#tile(peer)?.remove();
  }

  clearRemotes() {
    this.remotes.replaceChildren();
  }
}
