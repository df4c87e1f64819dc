"""Bodies with a bound on what is read: no field of ours is long, and no returned mail need be."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser

from api.problems import Refused, too_large

LARGEST_BODY = 64 * 1024
LARGEST_MAIL = 1024 * 1024


class BoundedJSON(JSONParser):
    largest = LARGEST_BODY

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        text = _bounded(stream, self.largest)
        try:
            found: Any = super().parse(_Read(text), media_type, parser_context)  # type: ignore[arg-type]
        except RecursionError as error:
            raise ParseError(_("This JSON is nested too deeply.")) from error
        if not isinstance(found, dict):
            raise ParseError(_("Send a JSON object: { … }."))
        return found


class BoundedMail(BaseParser):
    """One mail as it came over the line (RFC 5322)."""

    media_type = "message/rfc822"

    def parse(  # type: ignore[override]  # what JSON holds is a dict, and a mail is none
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return _bounded(stream, LARGEST_MAIL)


def _bounded(stream: IO[Any], largest: int) -> bytes:
    content: bytes = stream.read(largest + 1)
    if len(content) > largest:
        raise Refused(too_large(largest))
    return content


class _Read:
    """What was read, as the stream that the parser decodes."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        content, self._content = self._content, b""
        return content
