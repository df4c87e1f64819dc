"""The language of texts: words with placeholders in braces, and passages that leave when a value of theirs is empty.

    Uw afspraak is {dag} om {tijd} uur. [[Zorg dat {wie} bij u is.]]
    [[{uur_ervoor?}
    ## Lukt het niet?
    Bel {tel}.]]

`{Dag}` writes the value with a capital. `{name?}` writes nothing: it only decides over its passage. That is all: no
attributes, no calls, no loops. What is filled in is never read again as text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from notifications.content.findings import FindingId, TextFinding, error
from notifications.content.placeholders import PLACEHOLDERS

_TOKEN = re.compile(r"\[\[|\]\](?!\])|\{[^{}\n]*\}|\{|\}")
_NAME = re.compile(r"([A-Za-z_]+)(\?)?")
# Stands where something leaves nothing behind, until the lines that it emptied are dropped.
_GONE = "\x00"


@dataclass(frozen=True, slots=True)
class Fill:
    name: str
    capital: bool
    asks_only: bool


Piece = str | Fill


@dataclass(frozen=True, slots=True)
class Passage:
    """`leaves`: without a value for each of its placeholders, none of it is written."""

    pieces: tuple[Piece, ...]
    leaves: bool

    @property
    def fills(self) -> Iterator[Fill]:
        return (piece for piece in self.pieces if isinstance(piece, Fill))


@dataclass(frozen=True, slots=True)
class Parsed:
    passages: tuple[Passage, ...]
    findings: tuple[TextFinding, ...]


def parse(body: str) -> Parsed:
    """What is wrong is found, not raised; a text with findings is not to be rendered."""
    return _Reader(body.replace("\r\n", "\n").replace(_GONE, "")).read()


def render(parsed: Parsed, values: Mapping[str, str]) -> str:
    text = "".join(_written(passage, values) for passage in parsed.passages)
    lines = (_tidy(line) for line in text.split("\n") if line.replace(_GONE, "").strip() or _GONE not in line)
    return "\n".join(lines).strip()


def _written(passage: Passage, values: Mapping[str, str]) -> str:
    if passage.leaves and not all(values[fill.name] for fill in passage.fills):
        return _GONE
    text = "".join(piece if isinstance(piece, str) else _filled(piece, values) for piece in passage.pieces)
    # A line that holds nothing but [[ or ]] is no empty line.
    return f"{_GONE}{text}{_GONE}" if passage.leaves else text


def _filled(fill: Fill, values: Mapping[str, str]) -> str:
    if fill.asks_only:
        return _GONE
    value = values[fill.name]
    return value[:1].upper() + value[1:] if fill.capital else value


def _tidy(line: str) -> str:
    line = line.replace(_GONE, "").strip()
    return re.sub(r" {2,}", " ", line) if "  " in line else line


class _Reader:
    def __init__(self, body: str) -> None:
        self.body = body
        self.passages: list[Passage] = []
        self.findings: list[TextFinding] = []
        self.pieces: list[Piece] = []
        self.section_line = 0  # where the open [[ stands; 0 when none is open
        self.line = 1

    def read(self) -> Parsed:
        at = 0
        for token in _TOKEN.finditer(self.body):
            self._words(self.body[at : token.start()])
            self._mark(token[0])
            at = token.end()
        self._words(self.body[at:])
        if self.section_line:
            self.findings.append(error(FindingId.UNCLOSED_SECTION, self.section_line))
        self._close(leaves=False)
        return Parsed(tuple(self.passages), tuple(self.findings))

    def _words(self, words: str) -> None:
        if words:
            self.pieces.append(words)
            self.line += words.count("\n")

    def _mark(self, mark: str) -> None:
        if mark == "[[":
            self._open_section()
        elif mark == "]]":
            self._end_section()
        elif mark == "{":
            self._found(FindingId.UNCLOSED_BRACE)
        elif mark == "}":
            self._found(FindingId.STRAY_BRACE)
        else:
            self._fill(mark[1:-1].strip())

    def _open_section(self) -> None:
        if self.section_line:
            self._found(FindingId.NESTED_SECTION)
            return
        self._close(leaves=False)
        self.section_line = self.line

    def _end_section(self) -> None:
        if not self.section_line:
            self._found(FindingId.STRAY_SECTION_END)
            return
        if not any(isinstance(piece, Fill) for piece in self.pieces):
            self.findings.append(error(FindingId.SECTION_WITHOUT_PLACEHOLDER, self.section_line))
        self._close(leaves=True)
        self.section_line = 0

    def _fill(self, inside: str) -> None:
        named = _NAME.fullmatch(inside)
        name = named[1].lower() if named else ""
        asks_only = bool(named and named[2])
        if name not in PLACEHOLDERS or (PLACEHOLDERS[name].is_condition and not asks_only):
            self.findings.append(error(FindingId.UNKNOWN_PLACEHOLDER, self.line, name=inside[:40]))
            return
        self.pieces.append(Fill(name, inside[0].isupper(), asks_only))

    def _close(self, *, leaves: bool) -> None:
        if self.pieces:
            self.passages.append(Passage(tuple(self.pieces), leaves))
        self.pieces = []

    def _found(self, id_: FindingId) -> None:
        self.findings.append(error(id_, self.line))


def without_placeholders(line: str) -> str:
    """For counting words: each value counts as one, and what only decides over a passage as none."""
    asked = re.sub(r"\{[A-Za-z_]+\?\}|\[\[|\]\]", "", line)
    return re.sub(r"\{[^{}]*\}", "x", asked)
