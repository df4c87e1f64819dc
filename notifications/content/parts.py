from dataclasses import dataclass, field
from enum import StrEnum


class Block(StrEnum):
    HEADING = "heading"
    SECTION = "section"
    PARAGRAPH = "paragraph"
    POINTS = "points"
    FACTS = "facts"
    BUTTON = "button"
    LINK = "link"


@dataclass(slots=True)
class Part:
    """One block of a letter: what stands in it depends on which."""

    block: Block
    text: str = ""
    points: list[str] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
