"""The process table as these tests see it, and a running demo to look at."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
T = TypeVar("T")
SETTINGS = re.compile(r"VIDEOPOLI|DJANGO|DATABASE_URL|REDIS_URL|BASE_URL|ALLOWED_HOSTS|EMAIL_|DEBUG|SECRET_KEY|HTTPS")


def eventually(ask: Callable[[], T], *, patience: float = PATIENCE, what: str = "") -> T:
    """The first true answer; asked again as often as it takes, within the patience."""
    deadline = time.monotonic() + patience
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"waited {patience:g} s in vain for {what or ask}"
        time.sleep(0.05)
    return answer


def table() -> dict[int, tuple[int, str]]:
    """Every process that still runs, as (parent, command); a zombie does not."""
    if Path("/proc/self/stat").exists():
        return dict(filter(None, map(_from_proc, Path("/proc").glob("[0-9]*"))))
    answer = subprocess.run(["ps", "-axwwo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 3) for line in answer.stdout.splitlines())
    return {int(row[0]): (int(row[1]), row[3]) for row in rows if len(row) > 3 and not row[2].startswith("Z")}


def _from_proc(process: Path) -> tuple[int, tuple[int, str]] | None:
    try:
        # The name before the closing bracket may hold anything.
        state, parent = (process / "stat").read_text().rpartition(") ")[2].split()[:2]
        command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    return None if state in "ZX" else (int(process.name), (int(parent), command))


def below(pid: int) -> dict[int, str]:
    """All descendants of a process, with their commands."""
    rows = table()
    found: dict[int, str] = {}
    parents = {pid}
    while parents:
        children = {child: command for child, (parent, command) in rows.items() if parent in parents}
        parents = set(children) - set(found)
        found.update(children)
    return found


def alive(pids: Iterable[int]) -> set[int]:
    return set(pids) & set(table())


def await_death(pids: Iterable[int], *, patience: float = 30) -> None:
    pids = set(pids)
    try:
        eventually(lambda: not alive(pids), patience=patience, what="their end")
    finally:
        for left in alive(pids):
            os.kill(left, signal.SIGKILL)


def clean_environment(**more: str) -> dict[str, str]:
    """Like a fresh shell: nothing of the test run's settings reaches the demo."""
    ours = re.compile(
        r"^(VIDEOPOLI|DJANGO|DATABASE_URL|REDIS_URL|BASE_URL|ALLOWED_HOSTS|EMAIL_|DEBUG|SECRET_KEY|HTTPS)"
    )
    return {name: value for name, value in os.environ.items() if not ours.match(name)} | more


class Running:
    """A command of ours, its output read line by line."""

    def __init__(self, command: list[str], *, log: Path, **environment: str) -> None:
        self.log = log
        with log.open("wb") as output:
            self.popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=PROJECT,
                env=clean_environment(**environment),
            )
        self.pid = self.popen.pid
        self.seen: set[int] = set()

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def await_line(self, text: str, *, times: int = 1) -> str:
        def said() -> str | None:
            assert self.popen.poll() is None or self.output.count(text) >= times, self.output
            lines = [line for line in self.output.splitlines() if text in line]
            return lines[times - 1] if len(lines) >= times else None

        return eventually(said, what=f"{text!r} in {self.output}")

    def processes(self) -> dict[int, str]:
        found = below(self.pid)
        self.seen |= set(found)
        return found

    def pid_of(self, text: str) -> int:
        return next((pid for pid, command in self.processes().items() if text in command), 0)

    def end(self, how: signal.Signals) -> int:
        """Ends it, and returns when neither it nor anything it started is left."""
        self.processes()
        self.popen.send_signal(how)
        code = self.popen.wait(30)
        await_death(self.seen)
        return code

    def clear(self) -> None:
        """At the end of a test that failed: leave nothing behind."""
        self.processes()
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait(30)
        for pid in alive(self.seen):
            os.kill(pid, signal.SIGKILL)


def demo_command(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", "demo", *arguments]
