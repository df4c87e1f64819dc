"""What differs between two texts, line by line, with the words that changed inside a line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Run:
    words: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Line:
    """`kind`: same, removed or added."""

    kind: str
    runs: tuple[Run, ...]


def differences(before: str, after: str) -> list[Line]:
    old, new = before.strip().split("\n"), after.strip().split("\n")
    found: list[Line] = []
    for what, from_old, to_old, from_new, to_new in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if what == "equal":
            found += [Line("same", (Run(line, False),)) for line in old[from_old:to_old]]
        else:
            found += _changed(old[from_old:to_old], new[from_new:to_new])
    return found


def _changed(old: list[str], new: list[str]) -> Iterator[Line]:
    """Lines that stand for each other show which words differ; what is left over differs as a whole."""
    pairs = [_by_words(before, after) for before, after in zip(old, new, strict=False)]
    yield from (removed for removed, _added in pairs)
    yield from (Line("removed", (Run(line, True),)) for line in old[len(pairs) :])
    yield from (added for _removed, added in pairs)
    yield from (Line("added", (Run(line, True),)) for line in new[len(pairs) :])


def _by_words(before: str, after: str) -> tuple[Line, Line]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    steps = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    removed = [Run("".join(old[a:b]), what != "equal") for what, a, b, _c, _d in steps if b > a]
    added = [Run("".join(new[c:d]), what != "equal") for what, _a, _b, c, d in steps if d > c]
    return Line("removed", tuple(removed)), Line("added", tuple(added))
