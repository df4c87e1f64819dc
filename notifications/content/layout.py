"""A letter laid out as text and as HTML, the same words in both.

In Python and not in templates, but for the frame: thousands of these are made within minutes, and a template engine
takes longer over one than the mail server does. Mail programs know inline styles only; the classes are for the dark.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.template.loader import render_to_string

from notifications.content.parts import Block, Part
from notifications.content.words import say_unsubscribe

FRAME = "notifications/mail/letter.html"
_SUBJECT, _PARTS, _FOOT = "\x00subject", "\x00parts", "\x00foot"
_PARAGRAPH = '<p class="ink" style="margin:0 0 14px;color:#10272d;white-space:pre-line;">'
_HEADING = '<h1 class="ink" style="margin:0 0 16px;font-size:30px;line-height:1.2;color:#10272d;">'
_SECTION = (
    '<h2 class="ink line" style="margin:24px 0 8px;padding-top:18px;border-top:1px solid #d3dcdb;'
    'font-size:20px;line-height:1.3;color:#10272d;">'
)
_LIST = '<ul class="ink" style="margin:0 0 14px;padding-left:22px;color:#10272d;">'
_POINT = '<li style="margin:0 0 8px;">'
_PLAN = (
    '<dl class="plan" style="margin:20px 0;padding:14px 16px 6px;border-left:4px solid #0a5363;'
    'border-radius:0 10px 10px 0;background:#dcecef;">'
)
_TERM = '<dt class="ink-2" style="margin:0;color:#354b51;">'
_VALUE = '<dd class="accent" style="margin:0 0 8px;font-size:22px;line-height:1.3;font-weight:bold;color:#0a5363;">'
_BUTTON = (
    'style="display:block;padding:16px 20px;border-radius:6px;background:#0a5363;color:#ffffff;font-size:20px;'
    'line-height:1.2;font-weight:bold;text-align:center;text-decoration:none;"'
)
_ADDRESS = '<p class="ink-2" style="margin:0 0 16px;font-size:16px;color:#354b51;word-break:break-all;">'
_LINK = 'style="display:inline-block;padding:12px 0;color:#0a5363;font-weight:bold;"'
_SMALL = '<footer class="ink-2" style="margin:8px 4px 0;font-size:16px;color:#354b51;">'
_END_MAIL = 'class="accent" style="display:inline-block;padding:12px 0;color:#0a5363;"'
_DIAL = 'class="accent" style="color:#0a5363;white-space:nowrap;"'


@dataclass(frozen=True, slots=True)
class Letter:
    """`unsubscribe`: where its reader ends e-mail; empty for what is no mail."""

    subject: str
    language: str
    hospital: str
    phone: str
    link: str
    parts: list[Part]
    unsubscribe: str = ""

    def as_text(self) -> str:
        parts = "\n".join(_TEXT[part.block](part, self) for part in self.parts)
        return f"{self.hospital}\n\n{parts}".strip() + f"\n{_plain_foot(self)}"

    def as_html(self) -> str:
        parts = "\n".join(_HTML[part.block](part, self) for part in self.parts)
        head, middle, after, end = _frame(self.language, self.hospital)
        return f"{head}{escape(self.subject)}{middle}{parts}{after}{_foot(self)}{end}"


@lru_cache(maxsize=64)
def _frame(language: str, hospital: str) -> tuple[str, str, str, str]:
    """What stands before the subject, between subject and letter, between letter and foot, and after."""
    context = {"language": language, "hospital": hospital, "subject": _SUBJECT, "parts": _PARTS, "foot": _FOOT}
    head, _, rest = render_to_string(FRAME, context).partition(_SUBJECT)
    middle, _, rest = rest.partition(_PARTS)
    after, _, end = rest.partition(_FOOT)
    return head.lstrip(), middle, after, f"{end.rstrip()}\n"


def _plain_foot(letter: Letter) -> str:
    if not letter.unsubscribe:
        return ""
    question, answer = say_unsubscribe(letter.language)
    return f"\n{question} {answer}:\n{letter.unsubscribe}\n"


def _foot(letter: Letter) -> str:
    if not letter.unsubscribe:
        return ""
    question, answer = say_unsubscribe(letter.language)
    return f'{_SMALL}{question} <a href="{escape(letter.unsubscribe)}" {_END_MAIL}>{answer}</a></footer>'


def _plain(part: Part, letter: Letter) -> str:
    return f"{part.text}\n"


def _plain_points(part: Part, letter: Letter) -> str:
    return "".join(f"- {point}\n" for point in part.points)


def _plain_facts(part: Part, letter: Letter) -> str:
    return "".join(f"{term}: {value}\n" for term, value in part.facts)


def _plain_button(part: Part, letter: Letter) -> str:
    return f"[ {part.text} ]\n{letter.link}\n"


def _plain_link(part: Part, letter: Letter) -> str:
    return f"{part.text}: {part.address}\n" if part.address else f"{part.text}\n"


def _heading(part: Part, letter: Letter) -> str:
    return f"{_HEADING}{escape(part.text)}</h1>"


def _section(part: Part, letter: Letter) -> str:
    return f"{_SECTION}{escape(part.text)}</h2>"


def _paragraph(part: Part, letter: Letter) -> str:
    return f"{_PARAGRAPH}{_with_dialling(part.text, letter.phone)}</p>"


def _points(part: Part, letter: Letter) -> str:
    points = "\n".join(f"{_POINT}{_with_dialling(point, letter.phone)}</li>" for point in part.points)
    return f"{_LIST}\n{points}\n</ul>"


def _facts(part: Part, letter: Letter) -> str:
    facts = "\n".join(f"{_TERM}{escape(term)}</dt>\n{_VALUE}{escape(value)}</dd>" for term, value in part.facts)
    return f"{_PLAN}\n{facts}\n</dl>"


def _button(part: Part, letter: Letter) -> str:
    address = escape(letter.link)
    button = f'<a class="button" href="{address}" {_BUTTON}>{escape(part.text)}</a>'
    return f'<p style="margin:24px 0 8px;">{button}</p>\n{_ADDRESS}{address}</p>'


def _link(part: Part, letter: Letter) -> str:
    if not part.address:
        return _paragraph(part, letter)
    link = f'<a class="accent" href="{escape(part.address)}" {_LINK}>{escape(part.text)}</a>'
    return f'<p style="margin:0 0 14px;">{link}</p>'


def _with_dialling(text: str, phone: str) -> str:
    """Escaped, with this number as a link that dials and does not break over two lines."""
    number = "".join(character for character in phone if character in "+0123456789")
    if not number or phone not in text:
        return escape(text)
    shown = escape(phone)
    return escape(text).replace(shown, f'<a {_DIAL} href="tel:{number}">{shown}</a>')


_Layout = Callable[[Part, Letter], str]
_TEXT: Mapping[Block, _Layout] = {
    Block.HEADING: _plain,
    Block.SECTION: _plain,
    Block.PARAGRAPH: _plain,
    Block.POINTS: _plain_points,
    Block.FACTS: _plain_facts,
    Block.BUTTON: _plain_button,
    Block.LINK: _plain_link,
}
_HTML: Mapping[Block, _Layout] = {
    Block.HEADING: _heading,
    Block.SECTION: _section,
    Block.PARAGRAPH: _paragraph,
    Block.POINTS: _points,
    Block.FACTS: _facts,
    Block.BUTTON: _button,
    Block.LINK: _link,
}
