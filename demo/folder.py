"""The data folder of a demo: its lock, its password, what belongs to it."""

import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CLEANING_UP = 15.0
# Letters and digits that nobody confuses when copying from a screen.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class InUse(Exception):
    """Another demo runs on this folder; `at` is its address."""

    def __init__(self, at: str) -> None:
        self.at = at
        super().__init__(at)


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def mail(self) -> Path:
        return self.path / "mail"

    @property
    def sms(self) -> Path:
        return self.path / "sms"

    @property
    def sms_secret(self) -> str:
        """What the demo's SMS gateway says along with its receipts: made once per folder."""
        return _kept(self.path / "demo-sms-secret", lambda: secrets.token_urlsafe(32))

    @property
    def password_file(self) -> Path:
        return self.path / "demo-password"

    def take(self) -> int:
        """The descriptor of the lock, held as long as any process has it open. Raises InUse."""
        lock = os.open(self.path / "demo.lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + CLEANING_UP
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = self._holder()
                # A holder that is gone left its warden to clean up: that takes seconds.
                if _alive(holder.get("pid")) or time.monotonic() > deadline:
                    os.close(lock)
                    raise InUse(holder.get("at", "")) from None
                time.sleep(0.1)
            else:
                return lock

    def say_who(self, lock: int, *, at: str) -> None:
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "at": at}).encode(), 0)

    def _holder(self) -> dict[str, Any]:
        try:
            holder = json.loads((self.path / "demo.lock").read_text())
        except ValueError:
            # It has only just taken the lock and not yet said who it is.
            return {"pid": os.getpid()}
        return holder if isinstance(holder, dict) else {}

    def password(self) -> str:
        """One for all demo accounts, made once per folder and readable by its owner only."""
        return _kept(
            self.password_file,
            lambda: "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3)),
        )

    def clear(self) -> None:
        """Forget what a demo keeps beside its database. The password and the secret key stay: they are no data."""
        for old in [*self.logs.glob("*.log"), *self.path.glob("beat-schedule*")]:
            old.unlink()
        for part in ("new", "cur", "tmp"):
            for mail in (self.mail / part).glob("*"):
                mail.unlink()
        for text in self.sms.glob("*"):
            text.unlink()


def _kept(file: Path, make: Callable[[], str]) -> str:
    with contextlib.suppress(FileNotFoundError):
        if kept := file.read_text().strip():
            return kept
    made = make()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as written:
        written.write(made + "\n")
    return made


def _alive(pid: Any) -> bool:
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
