"""The patient's inbox for one appointment: what was told, in the words in which it was told."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from notifications.actions.marking_read import mark_inbox_read
from notifications.queries import inbox_of
from pages.patient.visits import Visit, show, through_link

# A button of the letter, above the address that the kept copy masks: who reads here is inside already.
_BUTTON = re.compile(r"^\[ .+ \]\n\S+/v/…\n+", re.MULTILINE)


@dataclass(frozen=True)
class Letter:
    subject: str
    sent_at: datetime | None
    body: str


@require_safe
@through_link("view.messages")
def messages(request: HttpRequest, visit: Visit) -> HttpResponse:
    mark_inbox_read(participant=visit.participant, by=visit.link.actor, now=visit.now)
    letters = [Letter(one.subject, one.sent_at, _BUTTON.sub("", one.body)) for one in inbox_of(visit.participant)]
    return show(request, "patient/messages.html", visit, letters=letters)
