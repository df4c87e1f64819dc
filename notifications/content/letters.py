"""A letter is written once, as plain lines in templates/notifications/mail/<kind>.<language>.txt, and laid out twice:
as text and as HTML. So the two parts of a mail cannot say different things.

Each line is a `subject: …`, `# heading`, `## section`, `- point`, `= term | value`, `[button] words` or a paragraph.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from django.template.loader import render_to_string

from notifications.content.facts import LetterFacts

FOLDER = "notifications/mail"


class Block(StrEnum):
    HEADING = "heading"
    SECTION = "section"
    PARAGRAPH = "paragraph"
    POINTS = "points"
    FACTS = "facts"
    BUTTON = "button"


@dataclass(slots=True)
class Part:
    block: Block
    text: str = ""
    points: list[str] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    language: str
    hospital: str
    phone: str
    link: str
    parts: list[Part]

    def as_text(self) -> str:
        return _lay_out("txt", self)

    def as_html(self) -> str:
        return _lay_out("html", self)


def write_letter(facts: LetterFacts) -> Letter:
    lines = render_to_string(f"{FOLDER}/{facts.kind}.{facts.language}.txt", {"f": facts}).splitlines()
    subject, parts = "", list[Part]()
    open_paragraph = False
    for line in (line.strip() for line in lines):
        if line.startswith("subject:"):
            subject = line.removeprefix("subject:").strip()
        elif line:
            part = _read(line)
            if not _continues(parts, part, open_paragraph):
                parts.append(part)
        open_paragraph = bool(line) and bool(parts) and parts[-1].block is Block.PARAGRAPH
    return Letter(subject, facts.language, facts.hospital, facts.phone, facts.link, parts)


def _read(line: str) -> Part:
    if line.startswith("## "):
        return Part(Block.SECTION, line.removeprefix("## "))
    if line.startswith("# "):
        return Part(Block.HEADING, line.removeprefix("# "))
    if line.startswith("- "):
        return Part(Block.POINTS, points=[line.removeprefix("- ")])
    if line.startswith("= "):
        term, _, value = line.removeprefix("= ").partition(" | ")
        return Part(Block.FACTS, facts=[(term, value)])
    if line.startswith("[button] "):
        return Part(Block.BUTTON, line.removeprefix("[button] "))
    return Part(Block.PARAGRAPH, line)


def _continues(parts: list[Part], part: Part, open_paragraph: bool) -> bool:
    """Joins a line to the part before it where both are of one list or one paragraph."""
    if not parts or parts[-1].block is not part.block:
        return False
    if part.block is Block.PARAGRAPH and open_paragraph:
        parts[-1].text += f" {part.text}"
        return True
    if part.block in (Block.POINTS, Block.FACTS):
        parts[-1].points += part.points
        parts[-1].facts += part.facts
        return True
    return False


def _lay_out(extension: str, letter: Letter) -> str:
    return render_to_string(f"{FOLDER}/letter.{extension}", {"letter": letter}).strip() + "\n"
