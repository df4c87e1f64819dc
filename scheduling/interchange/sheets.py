"""A raster as a sheet (CSV): a row per block, with what holds for the raster repeated in each.

Written as Dutch Excel opens it by itself: semicolons, CRLF, UTF-8 with a byte order mark. Read in more ways than
that: see words.py. A cell that a spreadsheet would take for a formula gets an apostrophe, and loses it when read.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from itertools import islice
from typing import Any

from scheduling.contents import RasterContent
from scheduling.interchange.documents import BLOCKS, read_fields, write_document
from scheduling.interchange.form import BLOCK_FIELDS, FIELDS, FORMAT, MOST_BLOCKS, RASTER_FIELDS, Field
from scheduling.interchange.known import Known, listed
from scheduling.interchange.mistakes import Found, MistakeId, Mistakes, quoted
from scheduling.interchange.words import HEADINGS, canonical, heading_key, in_dutch

FORMULA = re.compile(r"'*[=+\-@\t\r]")
DELIMITERS = ";,\t"
MOST_COLUMNS = 100
# Excel's own way to name the delimiter, in a line before the header.
SEPARATOR_LINE = re.compile(r"sep=([;,\t])\s*", re.IGNORECASE)
_WORDS = ("weekday", "weeks", "mode")


def write_sheet(content: RasterContent, known: Known, *, language: str = "en") -> bytes:
    """Headings and words are Dutch or English; both are read."""
    dutch = language == "nl"
    document = write_document(content, known)
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(field.dutch if dutch else field.name for field in FIELDS)
    for block in document[BLOCKS] or [{}]:
        said = document | block
        writer.writerow(_cell(each.name, said.get(each.name), dutch=dutch) for each in FIELDS)
    return out.getvalue().encode("utf-8-sig")


def _cell(name: str, value: object, *, dutch: bool) -> str:
    if isinstance(value, list):
        text = " ".join(value)
    elif dutch and name in _WORDS and value is not None:
        text = in_dutch(str(value))
    else:
        text = "" if value is None else str(value)
    return f"'{text}" if FORMULA.match(text) else text


def read_sheet(text: str, known: Known) -> RasterContent | Mistakes:
    sheet = _Sheet()
    sheet.read(text.removeprefix("\ufeff"))
    if not sheet.has_columns:
        return sheet.found.all
    document = {"format": FORMAT, **sheet.of_raster, BLOCKS: sheet.blocks}
    return read_fields(document, known, sheet.line_of, sheet.found)


@dataclass
class _Sheet:
    """What the cells say, in the form of a document, and the line in which each block and field stands."""

    found: Found = field(default_factory=Found)
    columns: list[Field | None] = field(default_factory=list)
    has_columns: bool = False
    blocks: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    of_raster: dict[str, Any] = field(default_factory=dict)
    lines_of_raster: dict[str, int] = field(default_factory=dict)
    first_line: int = 1

    def line_of(self, index: int | None, name: str) -> int:
        return self.lines_of_raster.get(name, self.first_line) if index is None else self.lines[index]

    def read(self, text: str) -> None:
        rows = ((line, cells) for line, cells in _rows(text, self.found) if any(cells))
        header = next(rows, None)
        if header is None:
            if not self.found:
                self.found.add(MistakeId.EMPTY, 1)
            return
        self._read_header(*header)
        if self.has_columns:
            for line, cells in islice(rows, MOST_BLOCKS):
                self._read_row(line, cells)
            for line, _cells in rows:
                self.found.add(MistakeId.TOO_MANY_BLOCKS, line, BLOCKS, most=MOST_BLOCKS)
                break

    def _read_header(self, line: int, cells: list[str]) -> None:
        headings = listed(f"{field.name} ({field.dutch})" for field in FIELDS)
        for cell in cells[:MOST_COLUMNS]:
            column = HEADINGS.get(heading_key(cell))
            if column is None and cell:
                self.found.add(MistakeId.COLUMN_UNKNOWN, line, cell, known=headings)
            elif column is not None and column in self.columns:
                self.found.add(MistakeId.COLUMN_TWICE, line, column.name)
                column = None
            self.columns.append(column)
        missing = [field for field in FIELDS if field.required and field not in self.columns]
        for each in missing:
            self.found.add(MistakeId.COLUMN_MISSING, line, each.name)
        self.first_line = line
        self.has_columns = not missing

    def _read_row(self, line: int, cells: list[str]) -> None:
        if any(cells[len(self.columns) :]):
            self.found.add(MistakeId.CELLS_BEYOND, line)
        said = {
            column.name: canonical(column.name, cell)
            for column, cell in zip(self.columns, cells, strict=False)
            if column is not None and cell
        }
        for each in RASTER_FIELDS:
            if each.name in said:
                self._note_of_raster(each.name, said[each.name], line)
        # A row that says something of the raster only: so stands a raster without blocks.
        block = {each.name: said[each.name] for each in BLOCK_FIELDS if each.name in said}
        if block:
            self.blocks.append(block)
            self.lines.append(line)

    def _note_of_raster(self, name: str, value: object, line: int) -> None:
        first = self.of_raster.setdefault(name, value)
        at = self.lines_of_raster.setdefault(name, line)
        if first != value:
            self.found.add(MistakeId.DIFFERS, line, name, given=quoted(value), first=at)


def _rows(text: str, found: Found) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line in which it begins."""
    skipped, delimiter = 0, ""
    opening = text[: text.find("\n") + 1] or text
    if match := SEPARATOR_LINE.fullmatch(opening):
        skipped, delimiter, text = 1, match[1], text[len(opening) :]
    delimiter = delimiter or _delimiter(text)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            found.add(MistakeId.QUOTE_OPEN, line)
            return
        yield line, [_unquoted(" ".join(cell.split())) for cell in cells]


def _delimiter(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=header.count)


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
