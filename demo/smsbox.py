"""The text messages that the demo's gateway took: a JSON file each, written by the gateway and read by the viewer."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from demo.smsshapes import Offered

_KEY = re.compile(r"\d{20}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Text:
    """`outcome`: empty until the gateway told the product what became of it."""

    key: str
    offered: Offered
    outcome: str = ""

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(int(self.key.partition("-")[0]) / 1e9, UTC)

    @property
    def its_id(self) -> str:
        """The gateway's own name for it."""
        return self.key.rpartition("-")[2]


class SmsBox:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, text: Text) -> None:
        """Never half a file, whenever a reader comes by."""
        self.folder.mkdir(parents=True, exist_ok=True)
        half = self.folder / f"{text.key}.half"
        # The hospital's secret is no business of the viewer.
        half.write_text(json.dumps({**asdict(replace(text.offered, key="")), "outcome": text.outcome}))
        os.replace(half, self._file(text.key))

    def keys(self, *, to: str = "") -> list[str]:
        """The newest first; with `to`, those to numbers that contain these digits."""
        keys = sorted((file.stem for file in self.folder.glob("*.json") if _KEY.fullmatch(file.stem)), reverse=True)
        digits = _digits(to)
        return [text.key for text in self.texts(keys) if digits in text.offered.to] if digits else keys

    def texts(self, keys: Sequence[str]) -> list[Text]:
        return [text for text in map(self.text, keys) if text is not None]

    def text(self, key: str) -> Text | None:
        try:
            kept = json.loads(self._file(key).read_text())
        except FileNotFoundError:
            return None
        return Text(key, outcome=kept.pop("outcome"), offered=Offered(**kept))

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def _digits(written: str) -> str:
    """Of a number as people write it, what stands in +31612345678 too: 06-12 becomes 612."""
    return re.sub(r"\D", "", written).removeprefix("00").removeprefix("31").removeprefix("0")
