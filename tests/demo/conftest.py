import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.demo.processes import PROJECT, Running, clean_environment, demo_command


@pytest.fixture(scope="session")
def small_hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a demo of this week only: filled once, copied by each test."""
    folder = tmp_path_factory.mktemp("small")
    command = [sys.executable, "manage.py", "fill_demo", "--weeks", "0"]
    environment = clean_environment(VIDEOPOLI_DATA=str(folder), VIDEOPOLI_DEMO="1")
    subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True)
    return folder


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A path short enough for a unix socket."""
    with tempfile.TemporaryDirectory(prefix="demo-") as name:
        yield Path(name)


@pytest.fixture
def demo_folder(small_hospital: Path, short_folder: Path) -> Path:
    return shutil.copytree(small_hospital, short_folder / "data")


@pytest.fixture
def run_demo(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(folder: Path, *arguments: str, **environment: str) -> Running:
        log = tmp_path / f"demo-{len(started)}"
        running = Running(demo_command(*arguments), log=log, VIDEOPOLI_DATA=str(folder), **environment)
        started.append(running)
        return running

    yield start
    for running in started:
        running.clear()
