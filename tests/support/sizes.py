"""Two sizes of one proof: the short one runs with every commit, the long one by itself (python -m checks.chaos)."""

from typing import Any

import pytest

SHORT, LONG = "short", "long"


def sizes(short: Any, long: Any) -> list[Any]:
    return [pytest.param(short, id=SHORT), pytest.param(long, id=LONG, marks=pytest.mark.slow)]
