"""What a page's peer connections really receive, read from the browser's own statistics."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page

# The product keeps its connections to itself: the test listens in where they are made.
WATCH = """
(() => {
  const Real = window.RTCPeerConnection;
  if (!Real) return;
  window.__connections = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...given) {
      super(...given);
      window.__connections.push(this);
    }
  };
})();
"""
# Sockets and questions for the camera, to cut the one and to count the other.
LISTEN = """
(() => {
  const RealSocket = window.WebSocket;
  window.__sockets = [];
  window.WebSocket = class extends RealSocket {
    constructor(...given) {
      super(...given);
      window.__sockets.push(this);
    }
  };
  const devices = navigator.mediaDevices;
  window.__asked = 0;
  if (!devices) return;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wanted) => {
    window.__asked += 1;
    const refused = window.__refuse?.(wanted);
    return refused ? Promise.reject(new DOMException("", refused)) : ask(wanted);
  };
})();
"""
RECEIVED = """async () => {
  const total = { frames: 0, packets: 0, connections: 0 };
  for (const connection of window.__connections ?? []) {
    if (connection.connectionState !== "connected") continue;
    total.connections += 1;
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== "inbound-rtp") continue;
      if (report.kind === "video") total.frames += report.framesDecoded;
      if (report.kind === "audio") total.packets += report.packetsReceived;
    }
  }
  return total;
}"""


def watch_connections(context: BrowserContext) -> None:
    context.add_init_script(WATCH)
    context.add_init_script(LISTEN)


def refuse(context: BrowserContext, error: str, kind: str = "") -> None:
    """As a browser without permission (NotAllowedError) or a camera in use (NotReadableError) answers."""
    wanted = f"wanted.{kind}" if kind else "true"
    context.add_init_script(f"window.__refuse = (wanted) => {wanted} ? '{error}' : ''")


def cut_sockets(page: Page) -> None:
    page.evaluate("() => window.__sockets.forEach((socket) => socket.close())")


def times_asked(page: Page) -> int:
    """How often the page asked for camera or microphone."""
    return page.evaluate("() => window.__asked")


def received(page: Page) -> dict[str, Any]:
    return page.evaluate(RECEIVED)


def await_media(page: Page, *, frames: int = 5, packets: int = 10, seconds: float = 40) -> dict[str, Any]:
    """Wait until so many frames of the other side were decoded and so many packets of sound came in."""
    got = page.evaluate(
        f"""async ([frames, packets, until]) => {{
          const received = {RECEIVED};
          let got = await received();
          while ((got.frames < frames || got.packets < packets) && performance.now() < until) {{
            await new Promise((resume) => setTimeout(resume, 100));
            got = await received();
          }}
          return got;
        }}""",
        [frames, packets, page.evaluate("() => performance.now()") + seconds * 1000],
    )
    assert got["frames"] >= frames, got
    assert got["packets"] >= packets, got
    return got


def await_facts(page: Page, facts: Callable[[], list[str]], kind: str, *, times: int = 1) -> None:
    """Told by the browser a moment later: wait until it is recorded so often, at most twenty seconds."""
    for _ in range(200):
        if facts().count(kind) == times:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{kind} not {times} times in {facts()}")


def running_tracks(page: Page) -> int:
    """Camera and microphone tracks that are on, as far as the page's own picture shows."""
    return page.evaluate(
        "() => [...document.querySelectorAll('video')].flatMap(video => video.srcObject?.getTracks() ?? [])"
        ".filter(track => track.readyState === 'live').length"
    )
