"""What is absent is skipped by name; with REQUIRE_ALL=1 absence is a failure.

Tests that belong to one database are left to the run on that database: CI has a run on each. What a page looks like
and how it is used, and the pure rules, which know no database, are the same on both: CI asks once, on SQLite, save
what the mark `both_worlds` says needs the real Redis too. Without REQUIRE_ALL everything runs everywhere.
"""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from django.conf import settings

REQUIRE_ALL = os.environ.get("REQUIRE_ALL", "") not in ("", "0")
PURE = Path(__file__).resolve().parents[1] / "praktijkplan"
HOME = {"postgres": "django.db.backends.postgresql", "sqlite": "django.db.backends.sqlite3"}
HOW = {"postgres": "set DATABASE_URL", "sqlite": "unset DATABASE_URL"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here, elsewhere = [], []
    for item in items:
        needs = _other_database(item)
        if REQUIRE_ALL and (needs or _was_asked(item)):
            elsewhere.append(item)
            continue
        if needs:
            item.add_marker(pytest.mark.skip(reason=f"belongs to {needs}: {HOW[needs]}"))
        here.append(item)
    if elsewhere:
        items[:] = here
        config.hook.pytest_deselected(items=elsewhere)


def _was_asked(item: pytest.Item) -> bool:
    """In the run on SQLite."""
    if settings.DATABASES["default"]["ENGINE"] == HOME["sqlite"]:
        return False
    if "axe" in getattr(item, "fixturenames", ()) or PURE in item.path.parents:
        return True
    return item.get_closest_marker("browser") is not None and item.get_closest_marker("both_worlds") is None


def _other_database(item: pytest.Item) -> str | None:
    engine = settings.DATABASES["default"]["ENGINE"]
    return next((name for name, home in HOME.items() if item.get_closest_marker(name) and home != engine), None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        _fail(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if REQUIRE_ALL and report.skipped:
        _fail(report)
    return report


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"REQUIRE_ALL is set, and this was not run. {reason}"
