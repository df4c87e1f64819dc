"""All texts of a department: a row per kind of message, a column per channel; language and form by tabs."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from notifications.content.text import TextKey
from notifications.models import MessageKind, TextChannel, TextForm, TextLanguage
from notifications.text_overview import TextAtAGlance, texts_at_a_glance
from notifications.text_preview import Excerpt, Preview
from pages.lead.tabs import text_tabs
from pages.lead.text_access import address_of, title_of
from pages.permissions import Desk, department_page
from people.permissions import Permission

FORMS = (TextForm.VIDEO, TextForm.PHONE, TextForm.VISIT, TextForm.WRITTEN)
CHANNELS = tuple(TextChannel)


@dataclass(frozen=True)
class Choice:
    """A language or a form to look at; `count`: how many of its texts are the department's own."""

    url: str
    label: str
    current: bool
    count: int


@dataclass(frozen=True)
class Cell:
    text: TextAtAGlance
    url: str
    excerpt: Excerpt


@dataclass(frozen=True)
class Row:
    """`for_all_forms`: the same words, whatever the form."""

    kind: str
    cells: list[Cell]
    for_all_forms: bool


@require_GET
@department_page(Permission.SEE_TEXTS)
def texts(request: HttpRequest, desk: Desk) -> HttpResponse:
    language = _one_of(request.GET.get("taal"), TextLanguage.values, TextLanguage.NL)
    form = _one_of(request.GET.get("vorm"), [each.value for each in FORMS], TextForm.VIDEO)
    found = texts_at_a_glance(desk.department)
    shown = {each.key: each for each in found if each.key.language == language and _serves(each.key, form)}
    context = {
        "desk": desk,
        "tabs": text_tabs(desk, "texts"),
        "languages": _languages(found, language, form),
        "forms": _forms(found, language, form),
        "channels": CHANNELS,
        "rows": _rows(Preview(desk.department), shown),
        "troubled": [_trouble(each) for each in found if each.errors],
        "may_edit": desk.may(Permission.EDIT_TEXTS),
    }
    return render(request, "lead/texts.html", context)


def _rows(preview: Preview, shown: dict[TextKey, TextAtAGlance]) -> list[Row]:
    rows = []
    for kind in MessageKind:
        cells = [_cell(preview, each) for key, each in shown.items() if key.kind == kind]
        if cells:
            cells.sort(key=lambda cell: CHANNELS.index(TextChannel(cell.text.key.channel)))
            rows.append(Row(str(kind.label), cells, cells[0].text.key.form == TextForm.ANY))
    return rows


def _cell(preview: Preview, text: TextAtAGlance) -> Cell:
    return Cell(text, address_of("text", text.key), preview.excerpt(text.text))


def _trouble(text: TextAtAGlance) -> dict[str, str]:
    return {"url": address_of("text", text.key), "title": title_of(text.key)}


def _languages(found: list[TextAtAGlance], language: str, form: str) -> list[Choice]:
    return [
        Choice(f"?taal={each.value}&vorm={form}", str(each.label), each == language, _own(found, language=each.value))
        for each in TextLanguage
    ]


def _forms(found: list[TextAtAGlance], language: str, form: str) -> list[Choice]:
    return [
        Choice(
            f"?taal={language}&vorm={each.value}",
            str(each.label),
            each == form,
            _own(found, language=language, form=each.value),
        )
        for each in FORMS
    ]


def _own(found: Iterable[TextAtAGlance], *, language: str, form: str = "") -> int:
    return sum(
        not each.is_default and each.key.language == language and (not form or each.key.form == form)
        for each in found
    )


def _serves(key: TextKey, form: str) -> bool:
    return key.form in (form, TextForm.ANY)


def _one_of(asked: str | None, known: list[str], otherwise: str) -> str:
    return asked if asked in known else otherwise
