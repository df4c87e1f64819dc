"""What is absent is skipped by name, and fails where all is required; shown on a small suite of its own."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SUITE = """
import pytest

def test_passes(): pass
def test_needs_a_browser(): pytest.skip("Chromium is absent")
@pytest.mark.skipif(True, reason="gettext is absent")
def test_needs_gettext(): pass
@pytest.mark.xfail(reason="known")
def test_known_to_fail(): assert False
@pytest.mark.postgres
def test_of_postgresql(): pass
@pytest.mark.sqlite
def test_of_sqlite(): pass
"""
# What a marker skips, pytest counts as an error once it fails: it never came to the test itself.
LEFT_TO_THE_OTHER_RUN = "1 failed, 2 passed, 1 deselected, 1 xfailed, 1 error"
MODULE = "import pytest; pytest.importorskip('no_such_module', reason='a library is absent')\n"


@pytest.fixture
def run_suite(tmp_path):
    def run(suite: str, **env: str) -> tuple[int, str]:
        (tmp_path / "test_suite.py").write_text(suite)
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "REQUIRE_ALL"))}
        options = [
            "-W",
            "ignore",
            "-p",
            "tests.support.presence_of_services",
            "-p",
            "no:django",
            "-p",
            "no:cacheprovider",
        ]
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-ra",
                *options,
                f"--rootdir={tmp_path}",
                "-c",
                os.devnull,
                str(tmp_path),
            ],
            env={**plain, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": "sqlite:////nowhere", **env},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout

    return run


def test_absence_is_skipped_by_name(run_suite):
    code, said = run_suite(SUITE)
    assert code == 0, said
    for reason in ("Chromium is absent", "gettext is absent", "belongs to postgres: set DATABASE_URL"):
        assert reason in said
    assert "2 passed, 3 skipped, 1 xfailed" in said


def test_absence_fails_where_all_is_required(run_suite):
    code, said = run_suite(SUITE, REQUIRE_ALL="1")
    assert code == 1
    assert "REQUIRE_ALL is set, and this was not run. Skipped: Chromium is absent" in said
    assert "REQUIRE_ALL is set, and this was not run. Skipped: gettext is absent" in said
    # PostgreSQL has a run of its own.
    assert LEFT_TO_THE_OTHER_RUN in said


def test_tests_of_sqlite_are_left_to_its_own_run(run_suite):
    _, said = run_suite(SUITE, REQUIRE_ALL="1", DATABASE_URL="postgres://nobody@127.0.0.1/nowhere")
    assert LEFT_TO_THE_OTHER_RUN in said


def test_module_that_skips_itself_fails_where_all_is_required(run_suite):
    assert run_suite(MODULE)[0] == 5
    code, said = run_suite(MODULE, REQUIRE_ALL="1")
    assert code == 2
    assert "a library is absent" in said
