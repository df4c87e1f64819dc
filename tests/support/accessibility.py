"""axe-core in the page, in light and in dark."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "browser" / "vendor" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


# What the colours decide; the rest is the same in the dark, and was looked at in the light.
OF_COLOURS = ["color-contrast", "link-in-text-block"]


@cache
def _source() -> str:
    # add_script_tag is stopped by the Content-Security-Policy, evaluate is not.
    return AXE.read_text(encoding="utf-8") + ";0"


def violations(page: Page, scheme: str) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_source())
    only = STANDARDS if scheme == "light" else OF_COLOURS
    found = page.evaluate("only => axe.run(document, {runOnly: only}).then(r => r.violations)", only)
    return [f"{scheme}: {line}" for violation in found for line in _lines(violation)]


def _lines(violation: dict[str, Any]) -> list[str]:
    return [
        f"{violation['id']} ({violation['impact']}) {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for node in violation["nodes"]
    ]


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: WCAG 2.2 AA and best practices, in light and dark."""

    def check(page: Page) -> None:
        found = [*violations(page, "light"), *violations(page, "dark")]
        page.emulate_media(color_scheme="light")
        assert not found, "\n".join(found)

    return check
