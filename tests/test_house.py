"""The house keeps its own rules: the rooms, the lock file, and nothing of one machine in what is shared."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from checks.lockfile import foreign_hosts

PROJECT = Path(settings.BASE_DIR)
BELOW = ("praktijkplan", "statements", "events", "people", "scheduling", "waitingroom", "notifications")
ROOMS = {*BELOW, "pages", "api", "demo", "config"}
# Written in two parts, so that this file does not hold what it looks for.
PLACES_OF_ONE_MACHINE = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", "/opt/whe" + "els")
CHOICES_OF_A_REGISTRY = (
    "index" + "-url",
    "index" + "_url",
    "UV_" + "INDEX",
    "UV_DEFAULT_" + "INDEX",
    "find-" + "links",
)


class TestRooms:
    @pytest.fixture
    def house(self, tmp_path: Path) -> Path:
        pytest.importorskip("importlinter", reason="import-linter is absent: run uv with --group lint")
        for room in ROOMS:
            shutil.copytree(PROJECT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(PROJECT / "pyproject.toml", tmp_path)
        return tmp_path

    def test_imports_go_down_only(self, house):
        code, said = _lint_imports(house)
        assert code == 0, said

    @pytest.mark.parametrize(
        ("module", "line", "contract"),
        [
            ("praktijkplan/slots.py", "import scheduling", "Rooms: imports go down only"),
            ("praktijkplan/slots.py", "import django", "The heart needs the standard library only"),
            ("praktijkplan/slots.py", "import numpy", "Only the simulation calculates with numpy"),
            ("scheduling/locks.py", "import pages", "Rooms: imports go down only"),
            ("people/permissions.py", "import events", "Rooms: imports go down only"),
            ("waitingroom/apps.py", "from notifications import models", "Rooms: imports go down only"),
            ("api/urls.py", "import pages", "Rooms: imports go down only"),
        ],
    )
    def test_upward_import_is_found(self, house, module, line, contract):
        with (house / module).open("a") as file:
            file.write(f"\n{line}\n")
        code, said = _lint_imports(house)
        assert code == 1
        assert f"{contract} BROKEN" in said


def _lint_imports(folder: Path) -> tuple[int, str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_every_room_is_under_contract():
    told = (PROJECT / "pyproject.toml").read_text().split("root_packages = [")[1].split("]")[0]
    assert set(re.findall(r'"(\w+)"', told)) == ROOMS
    installed = {app for app in settings.INSTALLED_APPS if (PROJECT / app.split(".")[0]).is_dir()}
    assert installed <= ROOMS


def test_lock_file_names_only_the_public_index():
    assert foreign_hosts((PROJECT / "uv.lock").read_text()) == set()


def test_each_dependency_is_named_with_its_reason():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    groups = project["dependency-groups"].values()
    wanted = {
        _name(one) for one in [*project["project"]["dependencies"], *(one for group in groups for one in group)]
    }
    told = (PROJECT / "docs" / "dependencies.md").read_text()
    assert {name for name in wanted if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", told)} == set()


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=]", requirement)[0]


def test_shared_files_name_no_place_of_one_machine():
    found = [
        f"{path.relative_to(PROJECT)}: {word}"
        for path, text in _shared_texts()
        for word in (*PLACES_OF_ONE_MACHINE, *CHOICES_OF_A_REGISTRY)
        if re.search(rf"(?<![\w.-]){re.escape(word)}", text)
    ]
    assert found == []


def _shared_texts() -> list[tuple[Path, str]]:
    if not (PROJECT / ".git").exists():
        pytest.skip("git knows which files are shared, and this is not a clone")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    paths = [PROJECT / name for name in listed.decode().split("\0") if name]
    return [(path, path.read_bytes().decode(errors="ignore")) for path in paths if path.is_file()]


@pytest.mark.parametrize("title", ["Run it", "Test it"])
def test_readme_command_needs_nothing_but_python(title):
    """Each does all its own set-up: CI runs the second one word for word."""
    section = (PROJECT / "README.md").read_text().split(f"## {title}\n")[1]
    command = section.split("```")[1].partition("\n")[2].strip()
    assert command.startswith("python3 -m venv .venv && ")
    assert "\n" not in command
