"""A letter as an e-mail: text and HTML, with the calendar invitation where there is news of the plan."""

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications.calendar import has_invitation, invitation, method_for
from notifications.content.facts import LetterFacts
from notifications.content.letters import Letter
from notifications.models import Message


def as_email(message: Message, letter: Letter, facts: LetterFacts, *, now: datetime) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.as_text(),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.participant.email],
        headers={
            "Message-ID": message_id(message),
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


def message_id(message: Message) -> str:
    """The same for every attempt: should a mail go out twice, the reader's side can see that it is one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{message.public_id}@{domain}>"
