"""A letter as an e-mail: text and HTML, with the calendar invitation where there is news of the plan."""

from datetime import datetime
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications.calendar import has_invitation, invitation, method_for
from notifications.channels.mail.addresses import envelope_sender, list_id, message_id
from notifications.content.facts import LetterFacts
from notifications.content.letters import Letter
from notifications.models import Message


class Mail(EmailMultiAlternatives):
    """Its parts are kept apart by what cannot stand in them by chance, so that nobody needs to search them for it."""

    def message(self, **options: Any) -> Any:
        made = super().message(**options)
        for part in made.walk():
            if part.is_multipart():
                part.set_boundary(f"={token_hex(16)}")
        return made


def as_email(message: Message, letter: Letter, facts: LetterFacts, *, now: datetime) -> Mail:
    """`letter` says where its reader ends e-mail."""
    mail = Mail(
        subject=letter.subject,
        body=letter.as_text(),
        # Of the envelope; readers see the header From.
        from_email=envelope_sender(message),
        to=[message.address],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": message_id(message),
            "List-Id": list_id(),
            # The foot of the letter has the same; a mail program may offer a button, which sends one POST (RFC 8058).
            "List-Unsubscribe": f"<{letter.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            # No holiday replies to a machine.
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    mail.attach_alternative(letter.as_html(), "text/html")
    if has_invitation(message):
        method = method_for(message)
        file = invitation(message, facts, now=now)
        mail.attach_alternative(file.decode(), f"text/calendar; method={method}")
        mail.attach("afspraak.ics", file, "application/ics")
    return mail
