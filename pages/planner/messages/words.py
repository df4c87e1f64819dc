"""What staff read about a message: its standing by shape, word and colour, and every answer in plain words."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.models import Channel, Message, MessageState
from notifications.standing import Standing

Words = str | Promise
CODE = re.compile(r"\b(\d{3})\b|\b(\d\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True)
class Mark:
    """`look`: the colours of a status (tokens.css); `icon`: its shape."""

    look: str
    icon: str
    word: Words


MARKS = {
    Standing.PLANNED: Mark("planned", "planned", _("planned")),
    Standing.SENDING: Mark("active", "send", _("being sent")),
    Standing.RETRYING: Mark("waiting", "refresh", _("tries again")),
    Standing.LATE: Mark("late", "late", _("too late")),
    Standing.SENT: Mark("tested", "tested", _("sent")),
    Standing.DELIVERED: Mark("done", "done", _("delivered")),
    Standing.READ: Mark("done", "eye", _("read")),
    Standing.BOUNCED: Mark("tech", "undo", _("came back")),
    Standing.FAILED: Mark("late", "alert", _("failed")),
    Standing.EXPIRED: Mark("noshow", "noshow", _("expired")),
    Standing.SUPERSEDED: Mark("cancelled", "cancelled", _("superseded")),
}
CHANNEL_ICONS = {Channel.EMAIL: "mail", Channel.SMS: "msg", Channel.INBOX: "home"}

# What servers, gateways and our own checks say, from the most to the least particular.
_ANSWERS: tuple[tuple[str, Words], ...] = (
    (r"no e-mail address any more", _("There is no e-mail address any more.")),
    (r"no longer|no mobile number|no number", _("There is no mobile number any more.")),
    (r"\b5\.1\.|user unknown|unknown user|mailbox unavailable|no such|550", _("This address does not exist.")),
    (r"\b[45]\.2\.2|mailbox full|quota|552|452", _("The mailbox of the patient is full.")),
    (r"\b5\.7\.|spam|policy|554|553", _("The mail server of the patient refuses our mail.")),
    (r"cannot receive text messages|not_mobile", _("This number cannot receive text messages.")),
    (r"no address that mail|cannot be used", _("This is no address that mail can be sent to.")),
    (r"SMS gateway refused", _("The SMS provider refuses this message.")),
    (r"asks to try again|^4\d\d|greylist", _("The other side asked us to try again later.")),
    (r"no connection|breaks off|Disconnected|Timeout|timed out|Error$", _("There was no connection.")),
    (r"cannot be made", _("The message could not be made. Tell the administrator.")),
    (r"appointment changed", _("The appointment was changed.")),
    (r"appointment is cancelled", _("The appointment was cancelled.")),
    (r"appointment is", _("The appointment is over.")),
    (r"may not be written to|unsafe", _("This patient may not be written to.")),
    (r"too late to be of use", _("It would have come too late to be of use.")),
    (r"later reminder", _("A later reminder took its place.")),
    (r"does not send this", _("The department does not send this message.")),
    (r"does not want|refused by them|do not want", _("The patient does not want this.")),
    (r"address.*(broken|came back)|earlier message", _("An earlier message to this address came back.")),
)


def plain_answer(message: Message) -> str:
    """What is the matter, in words for whoever has the patient on the phone; empty when nothing is."""
    told = message.problem
    if not told:
        return gettext("It came back.") if message.bounced_at else ""
    for pattern, words in _ANSWERS:
        if re.search(pattern, told, re.IGNORECASE):
            return str(words)
    if message.state == MessageState.FAILED or message.bounced_at:
        return gettext("The other side does not take this message.")
    return gettext("It did not work yet.")


def code_of(message: Message) -> str:
    """For the helpdesk, who may have to name it: 550, 5.1.1."""
    found = CODE.search(message.problem)
    return found.group(0) if found else ""
