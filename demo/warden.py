"""Starts the demo's processes, restarts those that die, and stops them all when the command that wanted them is gone.

It runs in a session of its own, where no Ctrl-C and no closing terminal reaches it. What makes it stop is the end of
its standard input, whose other end only the command holds: however the command ends, by kill -9 too, that end comes.

It reads one line, the plan (see demo/plan.py), and writes one JSON line for each thing that happens.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from demo.plan import Plan, Process
from demo.readiness import Probe, probe_for

FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 30.0
# A process that held out this long is well again: its next death is a first one.
WELL_AFTER = 60.0
GRACE = 4.0
PROBE_EVERY = 0.1
TAIL_BYTES = 2_000


def die_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel stops a child whose warden was killed; elsewhere the command does (demo/launcher.py)."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    libc, set_parent_death_signal = ctypes.CDLL(None), 1
    return lambda: libc.prctl(set_parent_death_signal, signal.SIGTERM)


def kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # Nobody of the group is left. macOS says "not permitted" of a group that has only zombies.
        return


@dataclass
class Child:
    spec: Process
    log: Path
    popen: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    restart_at: float | None = None
    backoff: float = FIRST_BACKOFF
    ready: bool = False
    done: bool = False
    probe: Probe | None = None
    unread: bytes = field(default=b"", repr=False)

    @property
    def settled(self) -> bool:
        return self.done if self.spec.is_job else self.ready


class Warden:
    def __init__(self, plan: Plan, out: IO[str]) -> None:
        self.plan = plan
        self.out = out
        self.children: list[Child] = []
        self.selector = selectors.DefaultSelector()
        self.before_exec = die_with_parent()
        self.stopping = False
        Path(plan.logs).mkdir(mode=0o700, parents=True, exist_ok=True)

    def run(self, lifeline: int) -> int:
        self.selector.register(lifeline, selectors.EVENT_READ, self.lifeline_moved)
        self._wake_on_children()
        for stage in self.plan.stages:
            for spec in stage:
                self.start(Child(spec, Path(self.plan.logs) / f"{spec.name}.log"))
            while not self.stopping and not all(child.settled for child in self.children):
                self.turn()
            if self.stopping:
                break
        else:
            self.tell("ready")
        while not self.stopping:
            self.turn()
        self.stop()
        return 0

    # --- Events in ----------------------------------------------------------------------------------------------
    def _wake_on_children(self) -> None:
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.selector.register(reader, selectors.EVENT_READ, lambda: _drain(reader))

    def lifeline_moved(self) -> None:
        self.stopping = True

    def turn(self) -> None:
        for key, _ in self.selector.select(self._patience()):
            key.data()
        now = time.monotonic()
        for child in self.children:
            if child.popen is not None and child.popen.poll() is not None:
                self.ended(child, child.popen.returncode, now)
            elif child.restart_at is not None and child.restart_at <= now:
                self.start(child)
            elif child.probe is not None and child.probe.answers():
                child.probe, child.ready = None, True
                self.tell("up", child)

    def _patience(self) -> float | None:
        now = time.monotonic()
        waits = [max(0.0, child.restart_at - now) for child in self.children if child.restart_at is not None]
        if any(child.probe for child in self.children):
            waits.append(PROBE_EVERY)
        return min(waits, default=None)

    # --- Processes ------------------------------------------------------------------------------------------------
    def start(self, child: Child) -> None:
        again = child in self.children
        if not again:
            self.children.append(child)
        try:
            with child.log.open("ab" if again else "wb") as log:
                child.popen = subprocess.Popen(
                    child.spec.command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE if child.spec.is_job else log,
                    stderr=log,
                    start_new_session=True,
                    pass_fds=child.spec.fds,
                    preexec_fn=self.before_exec,
                )
        except OSError as problem:
            child.log.write_text(f"{problem}\n")
            self.ended(child, 127, time.monotonic())
            return
        child.started_at, child.restart_at = time.monotonic(), None
        self.tell("started", child, pid=child.popen.pid, again=again)
        if child.popen.stdout is not None:
            self._follow(child, child.popen.stdout)
        if child.spec.is_job:
            return
        child.probe = probe_for(child.spec.ready)
        child.ready = child.ready or child.probe is None
        if child.probe is None:
            self.tell("up", child)

    def _follow(self, child: Child, output: IO[bytes]) -> None:
        os.set_blocking(output.fileno(), False)
        self.selector.register(output, selectors.EVENT_READ, lambda: self._read(child, output))

    def _read(self, child: Child, output: IO[bytes]) -> None:
        while chunk := output.read():
            *lines, child.unread = (child.unread + chunk).split(b"\n")
            for line in lines:
                self.tell("said", child, line=line.decode(errors="replace"))
        if chunk is not None:
            self.selector.unregister(output)
            output.close()

    def ended(self, child: Child, code: int, now: float) -> None:
        if child.popen is not None:
            kill_group(child.popen.pid)
            if child.popen.stdout is not None and not child.popen.stdout.closed:
                self._read(child, child.popen.stdout)
        child.popen, child.probe = None, None
        if child.spec.is_job:
            child.done = code == 0
            if code:
                self.tell("failed", child, code=code, tail=self._tail(child))
                self.stopping = True
            else:
                self.tell("done", child)
            return
        if now - child.started_at > WELL_AFTER:
            child.backoff = FIRST_BACKOFF
        child.restart_at = now + child.backoff
        self.tell("died", child, code=code, again_in=child.backoff, tail=self._tail(child))
        child.backoff = min(child.backoff * 2, LONGEST_BACKOFF)

    def _tail(self, child: Child) -> str:
        text = child.log.read_bytes()[-TAIL_BYTES:].decode(errors="replace")
        return "\n".join(text.splitlines()[-12:])

    # --- The end ----------------------------------------------------------------------------------------------------
    def stop(self) -> None:
        """First what uses the broker, then the broker: a worker that cannot say goodbye to it hangs."""
        alive = [child for child in self.children if child.popen is not None]
        for group in ([c for c in alive if not c.spec.last], [c for c in alive if c.spec.last]):
            self._end([child.popen for child in group if child.popen is not None])
        self.tell("stopped")

    def _end(self, processes: "list[subprocess.Popen[bytes]]") -> None:
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            # Also when the leader went in peace: what it started must not outlive it.
            kill_group(process.pid)
            process.wait()

    def tell(self, event: str, child: Child | None = None, **facts: Any) -> None:
        line = json.dumps({"event": event, "name": child.spec.name if child else "", **facts})
        try:
            print(line, file=self.out, flush=True)
        except OSError:
            # Nobody listens any more; the lifeline says so too.
            self.stopping = True


def _drain(reader: int) -> None:
    try:
        while os.read(reader, 1024):
            pass
    except BlockingIOError:
        return


def main() -> int:
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    plan = Plan.from_json(sys.stdin.readline())
    warden = Warden(plan, sys.stdout)

    def stop(*_: object) -> None:
        warden.stopping = True

    signal.signal(signal.SIGTERM, stop)
    return warden.run(sys.stdin.fileno())


if __name__ == "__main__":
    sys.exit(main())
