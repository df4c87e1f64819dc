"""What was uploaded, pasted or sent: bytes or text, a document or a sheet."""

import codecs
import json
from typing import Any, Literal, NoReturn

from scheduling.contents import RasterContent
from scheduling.interchange.documents import pointer, read_document
from scheduling.interchange.form import LARGEST_FILE
from scheduling.interchange.known import Known
from scheduling.interchange.mistakes import Found, Mistake, MistakeId, Mistakes
from scheduling.interchange.sheets import read_sheet

Sort = Literal["document", "sheet"]


def read_file(what: bytes | str, known: Known) -> RasterContent | Mistakes:
    """Whatever it is; a text is a document when it begins with a brace or a bracket."""
    text, mistakes = decode(what)
    if mistakes:
        return mistakes
    return _read_json(text, known) if sort_of(text) == "document" else read_sheet(text, known)


def decode(what: bytes | str) -> tuple[str, Mistakes]:
    """The text, or why there is none.

    UTF-8; UTF-16 with a byte order mark, as "Unicode text" of Excel is; or else Windows-1252.
    """
    size = len(what) if isinstance(what, bytes) else len(what.encode("utf-8", "replace"))
    if size > LARGEST_FILE:
        return _no_text(MistakeId.TOO_LARGE, most=LARGEST_FILE)
    text = what if isinstance(what, str) else _decoded(what)
    if text is None or "\0" in text:
        return _no_text(MistakeId.NOT_TEXT)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return _no_text(MistakeId.EMPTY)
    return text, ()


def _no_text(kind: MistakeId, **facts: int) -> tuple[str, Mistakes]:
    return "", (Mistake(kind, 1, "", facts),)


def _decoded(data: bytes) -> str | None:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def sort_of(text: str) -> Sort:
    return "document" if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")) else "sheet"


class _Twice(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _read_json(text: str, known: Known) -> RasterContent | Mistakes:
    found = Found()
    try:
        document = json.loads(text, parse_constant=_refuse, object_pairs_hook=_object)
    except _Twice as twice:
        found.add(MistakeId.FIELD_TWICE, pointer(None, ""), twice.name)
    except json.JSONDecodeError as error:
        found.add(MistakeId.NOT_JSON, error.lineno, column=error.colno)
    except ValueError:
        # NaN, or a number of thousands of digits: neither is JSON that anyone can use.
        found.add(MistakeId.NOT_JSON, 1, column=1)
    except RecursionError:
        found.add(MistakeId.TOO_DEEP, 1)
    else:
        return read_document(document, known)
    return found.all


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a name that stands twice one value would be lost without a word."""
    said: dict[str, Any] = {}
    for name, value in pairs:
        if name in said:
            raise _Twice(name)
        said[name] = value
    return said
