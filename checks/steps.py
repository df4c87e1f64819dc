"""The steps, in the order from quick to slow. Each answers with an outcome and what there is to say."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.lockfile import foreign_hosts
from checks.messages import MessagesError, stale_catalogues, untranslated
from checks.outcomes import Outcome

Answer = tuple[Outcome, str]


@dataclass(frozen=True)
class Step:
    name: str
    run: Callable[[], Answer]


def linters(project: Path, scratch: Path) -> list[Step]:
    here = {**os.environ, "VIDEOPOLI_DATA": str(scratch)}

    def tool(name: str, *words: str, env: dict[str, str] = here) -> Step:
        return Step(name, lambda: _command([sys.executable, *words], project, env))

    return [
        tool("style", "-m", "ruff", "check", "."),
        tool("format", "-m", "ruff", "format", "--check", "."),
        Step("lock file", lambda: _lock_file(project)),
        tool("rooms", "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
        tool("templates", "-m", "djlint", ".", "--extension=html", "--lint", "--quiet"),
        Step("messages", lambda: _messages(project, scratch)),
        tool("migrations", "manage.py", "makemigrations", "--check", "--dry-run"),
        tool("deployment", "manage.py", "check", "--deploy", "--fail-level", "WARNING", env=production(scratch)),
        tool("types", "-m", "mypy", "."),
    ]


def tests(project: Path, words: Sequence[str]) -> Step:
    command = [sys.executable, "-m", "pytest", *(words or ["-n", "2"])]
    return Step("tests", lambda: _command(command, project, dict(os.environ), aloud=True))


def production(scratch: Path) -> dict[str, str]:
    """Settings as a hospital would have them, whatever this machine says."""
    ours = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONDONTWRITEBYTECODE")
    return {
        **{name: os.environ[name] for name in ours if name in os.environ},
        "VIDEOPOLI_DATA": str(scratch),
        "BASE_URL": "https://videopoli.example",
        "SECRET_KEY": secrets.token_urlsafe(64),
    }


def _command(command: list[str], project: Path, env: dict[str, str], *, aloud: bool = False) -> Answer:
    """What it says is shown when it fails; `aloud` always, as it goes."""
    done = subprocess.run(  # noqa: S603  the words are ours
        command,
        cwd=project,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=None if aloud else subprocess.PIPE,
        stderr=None if aloud else subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return Outcome.PASSED, ""
    return Outcome.FAILED, done.stdout or ""


def _lock_file(project: Path) -> Answer:
    foreign = foreign_hosts((project / "uv.lock").read_text())
    if not foreign:
        return Outcome.PASSED, ""
    return Outcome.FAILED, f"uv.lock names other hosts than the public index: {', '.join(sorted(foreign))}"


def _messages(project: Path, scratch: Path) -> Answer:
    try:
        stale, missing = stale_catalogues(project), untranslated(project, scratch)
    except FileNotFoundError:
        return Outcome.SKIPPED, "gettext is absent: apt-get install gettext"
    except MessagesError as problem:
        return Outcome.FAILED, str(problem)
    found = [f"{name} is not compiled as it is now: run manage.py compilemessages" for name in stale]
    found += [f"without a translation, or with an uncertain one:\n{missing}"] if missing else []
    return (Outcome.FAILED, "\n".join(found)) if found else (Outcome.PASSED, "")
