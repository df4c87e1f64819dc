"""JSON bodies, with a bound on what is read: no field of ours is long."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from api.problems import Refused, too_large

LARGEST_BODY = 64 * 1024


class BoundedJSON(JSONParser):
    largest = LARGEST_BODY

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        text = stream.read(self.largest + 1)
        if len(text) > self.largest:
            raise Refused(too_large(self.largest))
        try:
            found: Any = super().parse(_Read(text), media_type, parser_context)  # type: ignore[arg-type]
        except RecursionError as error:
            raise ParseError(_("This JSON is nested too deeply.")) from error
        if not isinstance(found, dict):
            raise ParseError(_("Send a JSON object: { … }."))
        return found


class _Read:
    """What was read, as the stream that the parser decodes."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        content, self._content = self._content, b""
        return content
