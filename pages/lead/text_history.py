"""Every version of a text: who wrote it, what changed, and the way back, also to the default."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from notifications.actions.texts import ChangedMeanwhile, Problems, restore_default, restore_version
from notifications.content.defaults import default_text
from notifications.content.text import TextKey
from notifications.models import MessageText
from notifications.texts import Counting, history_of, text_for
from pages.lead.text_access import address_of, text_page, title_of
from pages.lead.text_differences import Line, differences
from pages.permissions import Desk
from people.permissions import Permission

CONFLICT, UNPROCESSABLE = 409, 422


@dataclass(frozen=True)
class Change:
    """One version, and how it differs from the one before: the first from the default."""

    row: MessageText
    lines: list[Line]
    is_current: bool


@require_GET
@text_page(Permission.SEE_TEXTS)
def versions(request: HttpRequest, desk: Desk, key: TextKey) -> HttpResponse:
    rows = list(history_of(desk.department, key))
    before = [row.body for row in rows[1:]] + [default_text(key).body]
    changes = [
        Change(row, differences(earlier, row.body), row is rows[0])
        for row, earlier in zip(rows, before, strict=False)
    ]
    context = {
        "desk": desk,
        "key": key,
        "title": title_of(key),
        "changes": changes,
        "url": address_of("text", key),
        "may_edit": desk.may(Permission.EDIT_TEXTS),
    }
    return render(request, "lead/text_versions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@text_page(Permission.EDIT_TEXTS)
def restore(request: HttpRequest, desk: Desk, key: TextKey) -> HttpResponse:
    number = request.POST.get("number") or request.GET.get("number") or ""
    found = history_of(desk.department, key).filter(version=_number(number)).first()
    if found is None:
        raise Http404
    counting = text_for(desk.department.pk, *key)
    if request.method != "POST":
        return _confirm(request, desk, key, counting, found.body, number=found.version)
    done = restore_version(
        department=desk.department,
        **key._asdict(),
        version=found.version,
        base_version=_number(request.POST.get("base_version", "")),
        by=desk.user,
        now=timezone.now(),
    )
    return _after(request, desk, key, done, found.body, number=found.version)


@require_http_methods(["GET", "HEAD", "POST"])
@text_page(Permission.EDIT_TEXTS)
def default(request: HttpRequest, desk: Desk, key: TextKey) -> HttpResponse:
    counting, words = text_for(desk.department.pk, *key), default_text(key).body
    if request.method != "POST":
        return _confirm(request, desk, key, counting, words)
    done = restore_default(
        department=desk.department,
        **key._asdict(),
        base_version=_number(request.POST.get("base_version", "")),
        by=desk.user,
        now=timezone.now(),
    )
    return _after(request, desk, key, done, words)


def _after(
    request: HttpRequest,
    desk: Desk,
    key: TextKey,
    done: MessageText | Problems | ChangedMeanwhile,
    words: str,
    number: int = 0,
) -> HttpResponse:
    if isinstance(done, MessageText):
        messages.success(request, gettext("From now on messages have these words."))
        return redirect(address_of("text", key))
    counting = text_for(desk.department.pk, *key)
    if isinstance(done, ChangedMeanwhile):
        wrong = [gettext("A colleague saved this text meanwhile. Look at what changes now, and confirm again.")]
        return _confirm(request, desk, key, counting, words, number=number, wrong=wrong, status=CONFLICT)
    wrong = [finding.sentence for finding in done.findings if finding.is_error]
    return _confirm(request, desk, key, counting, words, number=number, wrong=wrong, status=UNPROCESSABLE)


def _confirm(
    request: HttpRequest,
    desk: Desk,
    key: TextKey,
    counting: Counting,
    words: str,
    *,
    number: int = 0,
    wrong: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`number` 0: the default."""
    context = {
        "desk": desk,
        "title": title_of(key),
        "number": number,
        "lines": differences(counting.body, words),
        "differs": counting.body.strip() != words.strip() or (not number and not counting.is_default),
        "base_version": counting.version,
        "wrong": wrong or [],
        "url": address_of("text", key),
    }
    return render(request, "lead/text_restore.html", context, status=status)


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
