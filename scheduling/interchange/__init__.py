"""A raster on its way in or out: a JSON document or a sheet, with names instead of ids.

    known = known_in(department)
    write_document(content, known), write_sheet(content, known)
    read_file(what_came, known) -> RasterContent, or every mistake in it

Reading writes nothing. It gives a raster or mistakes, never both: what came is taken as a whole or not at all.
"""

from scheduling.interchange.documents import read_document, write_document
from scheduling.interchange.files import decode, read_file, sort_of
from scheduling.interchange.known import Known, known_in
from scheduling.interchange.mistakes import Mistake, MistakeId, Mistakes
from scheduling.interchange.patches import patch_of
from scheduling.interchange.schema import document_schema
from scheduling.interchange.sentences import field_text, place_text, what_is_wrong, what_to_do
from scheduling.interchange.sheets import read_sheet, write_sheet

__all__ = [
    "Known",
    "Mistake",
    "MistakeId",
    "Mistakes",
    "decode",
    "document_schema",
    "field_text",
    "known_in",
    "patch_of",
    "place_text",
    "read_document",
    "read_file",
    "read_sheet",
    "sort_of",
    "what_is_wrong",
    "what_to_do",
    "write_document",
    "write_sheet",
]
