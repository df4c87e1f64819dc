from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "FAILED"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Result:
    name: str
    outcome: Outcome
    seconds: float


def table(results: Sequence[Result]) -> str:
    width = max(len(result.name) for result in results)
    lines = [f"  {result.name:<{width}}  {result.outcome:<7}  {result.seconds:6.1f} s" for result in results]
    failed = sum(result.outcome is Outcome.FAILED for result in results)
    verdict = f"{failed} of {len(results)} checks failed" if failed else f"all {len(results)} checks done"
    return "\n".join(["", *lines, "", verdict])
