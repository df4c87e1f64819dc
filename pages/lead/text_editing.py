"""One text: written, seen as a message while it is written, checked, saved. Who saves second loses nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from notifications.actions.texts import ChangedMeanwhile, Problems, save_text
from notifications.content.text import Text, TextKey
from notifications.models import MessageText
from notifications.text_preview import judge
from notifications.texts import text_for
from pages.lead.text_access import address_of, text_page
from pages.lead.text_differences import differences
from pages.lead.text_page_context import Theirs, chosen_sample, judged_context, page_context
from pages.permissions import Desk
from people.permissions import Permission

CONFLICT, UNPROCESSABLE = 409, 422
LONGEST = 10_000
HIGHEST_VERSION = 1_000_000_000


@require_http_methods(["GET", "HEAD"])
@text_page(Permission.SEE_TEXTS)
def text(request: HttpRequest, desk: Desk, key: TextKey) -> HttpResponse:
    counting = text_for(desk.department.pk, *key)
    context = page_context(desk, counting.text, base_version=counting.version, sample=chosen_sample(request))
    return render(request, "lead/text.html", context)


@require_POST
@text_page(Permission.SEE_TEXTS)
def judged(request: HttpRequest, desk: Desk, key: TextKey) -> HttpResponse:
    """While someone writes: what is wrong, and how it looks. As a whole page for who has no scripts."""
    written, sample = _written(request, key), chosen_sample(request)
    if getattr(request, "htmx", False):
        found = judge(desk.department, written, sample=sample)
        return render(request, "lead/_judged.html", judged_context(found, key, sample))
    context = page_context(desk, written, base_version=_base(request), sample=sample)
    return render(request, "lead/text.html", context)


@require_POST
@text_page(Permission.EDIT_TEXTS)
def save(request: HttpRequest, desk: Desk, key: TextKey) -> HttpResponse:
    written = _written(request, key)
    if _same(written.body, text_for(desk.department.pk, *key).body):
        messages.info(request, gettext("These words are the ones that counted already. Nothing was saved."))
        return redirect(address_of("text", key))
    if request.POST.get("anyway") != "1" and judge(desk.department, written).warnings:
        return _refused(request, desk, written)
    done = save_text(
        department=desk.department,
        **key._asdict(),
        body=written.body,
        base_version=_base(request),
        by=desk.user,
        now=timezone.now(),
    )
    if isinstance(done, Problems):
        return _refused(request, desk, written)
    if isinstance(done, ChangedMeanwhile):
        return _beside_theirs(request, desk, written, done.latest)
    messages.success(request, gettext("Saved. From now on messages have these words."))
    return redirect(address_of("text", key))


def _refused(request: HttpRequest, desk: Desk, written: Text) -> HttpResponse:
    context = page_context(desk, written, base_version=_base(request), sample=chosen_sample(request), asks_tick=True)
    return render(request, "lead/text.html", context, status=UNPROCESSABLE)


def _beside_theirs(request: HttpRequest, desk: Desk, written: Text, latest: MessageText | None) -> HttpResponse:
    """What was written stays, and can be saved over a colleague's version next, knowingly."""
    context = page_context(
        desk,
        written,
        base_version=latest.version if latest else 0,
        sample=chosen_sample(request),
        theirs=Theirs(latest, differences(latest.body, written.body)) if latest else None,
    )
    return render(request, "lead/text.html", context, status=CONFLICT)


def _written(request: HttpRequest, key: TextKey) -> Text:
    return Text(key, request.POST.get("body", "")[:LONGEST].replace("\r\n", "\n").replace("\x00", ""))


def _base(request: HttpRequest) -> int:
    given = request.POST.get("base_version", "")
    return min(int(given), HIGHEST_VERSION) if given.isascii() and given.isdigit() and len(given) < 12 else 0


def _same(one: str, other: str) -> bool:
    return one.strip() == other.strip()
