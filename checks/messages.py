"""Translations are compiled as they are written, and complete. Not every machine has gettext: both are committed."""

import gettext
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# English is what the code says; Dutch is what is shown first.
SHOWN = "nl"
NOT_OURS = (".*", "__pycache__", "data", "static", "staticfiles", "test-results", "tests", "node_modules")


def stale_catalogues(project: Path) -> list[str]:
    """The .po files without a current .mo, relative to the project. Raises FileNotFoundError without msgfmt."""
    sources = sorted(project.glob("locale/*/LC_MESSAGES/*.po"))
    return [str(source.relative_to(project)) for source in sources if not _is_current(source)]


def _is_current(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    with tempfile.NamedTemporaryFile(suffix=".mo") as fresh:
        _run(["msgfmt", "--check-format", "-o", fresh.name, str(source)], source.parent)
        return compiled.exists() and _entries(compiled) == _entries(Path(fresh.name))


def _entries(path: Path) -> dict[object, str]:
    """Compared by content: versions of msgfmt order their tables differently."""
    with path.open("rb") as file:
        return dict(vars(gettext.GNUTranslations(file))["_catalog"])


def untranslated(project: Path, scratch: Path) -> str:
    """The entries of code and templates that have no Dutch, or an uncertain one; empty when there are none.

    Raises FileNotFoundError without gettext.
    """
    copy = scratch / "to-translate"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(*NOT_OURS))
    (copy / "locale").mkdir(exist_ok=True)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "VIDEOPOLI_DATA": str(scratch / "data")}
    words = ["--locale", SHOWN, "--no-location", "--no-obsolete", "--verbosity", "0"]
    if shutil.which("xgettext") is None:
        raise FileNotFoundError("xgettext")
    _run([sys.executable, "manage.py", "makemessages", *words], copy, env)
    catalogue = copy / "locale" / SHOWN / "LC_MESSAGES" / "django.po"
    kinds = (["--untranslated", "--no-fuzzy"], ["--only-fuzzy"])
    listed = [_run(["msgattrib", "--no-obsolete", *kind, str(catalogue)], copy) for kind in kinds]
    # Each listing begins with the header, up to the first empty line.
    return "\n".join(entries for _, _, entries in (text.partition("\n\n") for text in listed) if entries)


def _run(command: list[str], folder: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise MessagesError(f"{' '.join(command[:2])} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


class MessagesError(Exception):
    """gettext cannot read the catalogue, or found an error in it."""
