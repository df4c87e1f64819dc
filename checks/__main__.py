"""Run all checks and print what became of each.

python -m checks                            everything
python -m checks --without-tests            the linters
python -m checks tests/people -k consent    everything, with these words for pytest
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from checks.outcomes import Outcome, Result, table
from checks.steps import Step, linters, tests

PROJECT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m checks", description=__doc__, formatter_class=_Verbatim)
    parser.add_argument("--without-tests", action="store_true", help="the linters only")
    told, for_pytest = parser.parse_known_args()
    require_all = os.environ.get("REQUIRE_ALL", "") not in ("", "0")
    with tempfile.TemporaryDirectory(prefix="videopoli-checks-") as scratch:
        steps = linters(PROJECT, Path(scratch))
        if not told.without_tests:
            steps.append(tests(PROJECT, for_pytest))
        results = [_result(step, require_all=require_all) for step in steps]
    print(table(results))
    return 1 if any(result.outcome is Outcome.FAILED for result in results) else 0


class _Verbatim(argparse.RawDescriptionHelpFormatter):
    pass


def _result(step: Step, *, require_all: bool) -> Result:
    print(f"\n== {step.name}", flush=True)
    began = perf_counter()
    outcome, words = step.run()
    if outcome is Outcome.SKIPPED and require_all:
        outcome, words = Outcome.FAILED, f"REQUIRE_ALL is set, and this was not run: {words}"
    if words:
        print(words.rstrip(), flush=True)
    return Result(step.name, outcome, perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
