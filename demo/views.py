"""Every patient's mailbox and every patient's phone: in the demo only, where all of them are invented."""

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from demo.folder import Folder
from demo.outbox import Mail, Outbox
from demo.smsbox import SmsBox
from notifications.channels.sms.gsm7 import cost_of, segments_of

PER_PAGE = 50
# The mail as its sender made it, but powerless: its own styles, no script, no form, nothing from elsewhere.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "form-action": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


def _outbox() -> Outbox:
    return Outbox(Folder(settings.DATA_DIR).mail)


def _mail_or_404(key: str) -> Mail:
    mail = _outbox().mail(key)
    if mail is None:
        raise Http404
    return mail


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    outbox = _outbox()
    to = request.GET.get("to", "")
    page = Paginator(outbox.keys(to=to), PER_PAGE).get_page(request.GET.get("page"))
    context = {"mails": outbox.mails(list(page)), "page": page, "to": to}
    return render(request, "demo/mails.html", context)


@require_safe
def mail(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "demo/mail.html", {"mail": _mail_or_404(key)})


@require_safe
@csp(MAIL_POLICY)  # type: ignore[arg-type]
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    html = _mail_or_404(key).html
    if not html:
        raise Http404
    return HttpResponse(html)


@require_safe
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def mail_part(request: HttpRequest, key: str, number: int) -> HttpResponse:
    for part in _mail_or_404(key).parts:
        if part.number == number:
            headers = {"Content-Disposition": f'attachment; filename="part-{number}{_ending(part.kind)}"'}
            return HttpResponse(part.content, content_type=part.kind, headers=headers)
    raise Http404


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    box = SmsBox(Folder(settings.DATA_DIR).sms)
    to = request.GET.get("to", "")
    page = Paginator(box.keys(to=to), PER_PAGE).get_page(request.GET.get("page"))
    shown = [
        {
            "text": text,
            "segments": segments_of(text.offered.text),
            "cost": cost_of(text.offered.text, settings.SMS_PRICE),
        }
        for text in box.texts(list(page))
    ]
    return render(request, "demo/texts.html", {"texts": shown, "page": page, "to": to})


def _ending(kind: str) -> str:
    return ".ics" if kind == "text/calendar" else ".bin"
