"""A letter as an e-mail: text and HTML, with the calendar invitation where there is news of the plan."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications.calendar import has_invitation, invitation, method_for
from notifications.channels.mail.addresses import envelope_sender, list_id, message_id
from notifications.channels.mail.unsubscribing import unsubscribe_link
from notifications.content.facts import LetterFacts
from notifications.content.letters import Letter
from notifications.models import Message


def as_email(message: Message, letter: Letter, facts: LetterFacts, *, now: datetime) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.as_text(),
        # Of the envelope; readers see the header From.
        from_email=envelope_sender(message),
        to=[message.address],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": message_id(message),
            "List-Id": list_id(),
            # A mail program may offer a button of its own, which sends one POST (RFC 8058).
            "List-Unsubscribe": f"<{unsubscribe_link(message)}>",
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
