"""One message: its text as sent, what became of it step by step, and sending it once more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from notifications.actions.resending import NotResent, resend_message, why_not_again
from notifications.models import Channel, Message
from notifications.resending_words import not_resent_words
from pages.permissions import Desk
from pages.planner.messages.access import message_page
from pages.planner.messages.rows import rows_of
from pages.planner.messages.steps import steps_of
from pages.planner.messages.words import CHANNEL_ICONS, code_of

# The inbox keeps what was put there: it needs no second copy.
RESEND_OVER = (Channel.EMAIL, Channel.SMS)


@dataclass(frozen=True)
class Offer:
    """To send it once more over a channel; or, in plain words, why not."""

    channel: Channel
    icon: str
    why_not: str


@require_GET
@message_page("view.message")
def message(request: HttpRequest, desk: Desk, message: Message) -> HttpResponse:
    return render(request, "planner/message.html", _shown(desk, message, timezone.now()))


@require_POST
@message_page("resend.message")
def resend(request: HttpRequest, desk: Desk, message: Message) -> HttpResponse:
    """Over the channel that was chosen, else over its own."""
    given = request.POST.get("kanaal", message.channel)
    if given not in RESEND_OVER:
        given = Channel.EMAIL
    channel = Channel(given)
    done = resend_message(message=message, channel=channel, now=timezone.now())
    if isinstance(done, NotResent):
        messages.warning(request, not_resent_words(done, channel))
    else:
        words = {"channel": str(channel.label), "name": _name(message)}
        messages.success(request, gettext("Sent again by %(channel)s to %(name)s, with a new link.") % words)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("message", public_id=message.public_id)
    response = render(request, "_components/messages.html")
    response["HX-Trigger"] = "resent"
    return response


def _shown(desk: Desk, message: Message, now: datetime) -> dict[str, Any]:
    [row] = rows_of([message], now=now)
    return {
        "desk": desk,
        "now": now,
        "row": row,
        "message": message,
        "patient": message.patient,
        "name": _name(message),
        "steps": steps_of(message, now=now),
        "offers": [_offer(message, channel, now) for channel in RESEND_OVER],
        "code": code_of(message),
    }


def _offer(message: Message, channel: Channel, now: datetime) -> Offer:
    refusal = why_not_again(message, channel, now=now)
    return Offer(channel, CHANNEL_ICONS[channel], not_resent_words(refusal, channel) if refusal else "")


def _name(message: Message) -> str:
    person = message.person
    return getattr(person, "full_name", "") or str(person)
