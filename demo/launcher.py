"""The command's side of the warden: give it a plan, hear what happens, hold the pipe that keeps it going."""

import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from demo.plan import Plan
from demo.warden import kill_group

PROJECT = Path(__file__).resolve().parent.parent
LOOK_AROUND_EVERY = 1.0


class WardenLost(Exception):
    """The warden was killed; its processes have been stopped from here."""


class Launcher:
    def __init__(self, plan: Plan, environment: dict[str, str], *, keep_open: int) -> None:
        """`keep_open` is the lock on the data folder: held until the last process of the demo is gone."""
        self.pids: dict[str, int] = {}
        self.guardian = _uv_above()
        self.warden = subprocess.Popen(
            [sys.executable, "-m", "demo.warden"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
            env=environment,
            start_new_session=True,
            pass_fds=[*plan.fds, keep_open],
        )
        self.pids["warden"] = self.warden.pid
        self.lifeline, self.output = cast("IO[bytes]", self.warden.stdin), cast("IO[bytes]", self.warden.stdout)
        self.lifeline.write(plan.to_json().encode() + b"\n")
        self.lifeline.flush()
        self._signalled = self._hear_signals()

    def _hear_signals(self) -> int:
        """A pipe that can be read once somebody wants the demo to stop."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup the closing terminal is to be ignored; but a shell that starts a command with & ignores
            # SIGINT for it, and there somebody who sends one means it.
            if wanted is not signal.SIGHUP or signal.getsignal(wanted) is not signal.SIG_IGN:
                signal.signal(wanted, lambda *_: os.write(writer, b"."))
        return reader

    def events(self) -> Iterator[dict[str, Any]]:
        """What happens, until somebody stops the demo or it cannot go on. Raises WardenLost."""
        output = self.output
        os.set_blocking(output.fileno(), False)
        unread = b""
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            selector.register(self._signalled, selectors.EVENT_READ)
            while True:
                ready = {key.fd for key, _ in selector.select(LOOK_AROUND_EVERY)}
                if self._signalled in ready or self._abandoned():
                    return
                if output.fileno() not in ready:
                    continue
                chunk = output.read()
                if chunk == b"":
                    self._stop_orphans()
                    raise WardenLost
                *lines, unread = (unread + (chunk or b"")).split(b"\n")
                for line in lines:
                    event = json.loads(line)
                    if event["event"] == "stopped":
                        return
                    if event["event"] == "started":
                        self.pids[event["name"]] = event["pid"]
                    yield event

    def stop(self) -> None:
        """Returns when no process is left."""
        self.lifeline.close()
        self.output.close()
        self.warden.wait()

    def _abandoned(self) -> bool:
        """`uv run` passes signals on, but nobody can pass on the kill -9 of uv itself."""
        return self.guardian is not None and os.getppid() != self.guardian

    def _stop_orphans(self) -> None:
        for pid in self.pids.values():
            kill_group(pid)
        self.warden.wait()


def _uv_above() -> int | None:
    parent = os.getppid()
    return parent if _program(parent) in {"uv", "uvx"} else None


def _program(pid: int) -> str:
    """What Linux says by itself; small images have no ps."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        pass
    try:
        asked = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return Path(asked.stdout.strip()).name
