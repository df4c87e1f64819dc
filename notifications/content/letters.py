"""A letter is written once, as plain lines, and laid out twice: as text and as HTML. So the two parts of a mail
cannot say different things.

Each line is an `onderwerp: …` (or `subject: …`), `# heading`, `## section`, `- point`, `= term | value`,
`[knop] words` (or `[button]`, the reader's own link), `[link] words | address` or a paragraph.
"""

from notifications.content.defaults import default_text, key_for
from notifications.content.facts import LetterFacts
from notifications.content.filling import filled
from notifications.content.layout import Letter
from notifications.content.parts import Block, Part
from notifications.content.text import Text
from notifications.models import TextChannel

__all__ = ["Block", "Letter", "Part", "compose_mail", "subject_of", "write_letter"]

SUBJECT_MARKS = ("onderwerp:", "subject:")
BUTTON_MARKS = ("[knop] ", "[button] ")
LINK_MARK = "[link] "


def compose_mail(facts: LetterFacts, text: Text) -> Letter:
    subject, parts = "", list[Part]()
    open_paragraph = False
    for line in filled(text, facts).splitlines():
        if (words := subject_of(line)) is not None:
            subject = words
        elif line and not (line.startswith(BUTTON_MARKS) and not facts.link):
            part = _read(line)
            if not _continues(parts, part, open_paragraph):
                parts.append(part)
        open_paragraph = bool(line) and bool(parts) and parts[-1].block is Block.PARAGRAPH
    return Letter(subject, facts.language, facts.hospital, facts.phone, facts.link, parts)


def write_letter(facts: LetterFacts) -> Letter:
    """In the default words."""
    return compose_mail(facts, default_text(key_for(facts, TextChannel.MAIL)))


def subject_of(line: str) -> str | None:
    """None when this is no line with the subject."""
    mark = next((mark for mark in SUBJECT_MARKS if line.lower().startswith(mark)), None)
    return line[len(mark) :].strip() if mark else None


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
    if line.startswith(BUTTON_MARKS):
        return Part(Block.BUTTON, line.partition("] ")[2])
    if line.startswith(LINK_MARK):
        words, _, address = line.removeprefix(LINK_MARK).partition(" | ")
        # Nothing but the web: a mail program may run what another scheme says.
        return Part(Block.LINK, words, address=address if address.startswith(("https://", "http://")) else "")
    return Part(Block.PARAGRAPH, line)


def _continues(parts: list[Part], part: Part, open_paragraph: bool) -> bool:
    """Joins a line to the part before it where both are of one list or one paragraph."""
    if not parts or parts[-1].block is not part.block:
        return False
    if part.block is Block.PARAGRAPH and open_paragraph:
        # "Met vriendelijke groet," and who greets stand each on their own line.
        parts[-1].text += f"\n{part.text}" if parts[-1].text.endswith(",") else f" {part.text}"
        return True
    if part.block in (Block.POINTS, Block.FACTS):
        parts[-1].points += part.points
        parts[-1].facts += part.facts
        return True
    return False
