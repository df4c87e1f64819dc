"""Why a message is not sent again, and why a channel does not reach someone, in words for staff."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.actions.resending import NotAgain, NotResent
from notifications.models import Channel
from praktijkplan.reaching import Barrier
from scheduling.words import clock_text

Words = str | Promise
_NOT_AGAIN: dict[NotAgain, Words] = {
    NotAgain.ON_ITS_WAY: _("This message is still to be sent. Wait for it."),
    NotAgain.REPLACED: _("The appointment was changed since. A newer message takes the place of this one."),
    NotAgain.OVER: _("The appointment is over or cancelled. This message would mislead."),
    NotAgain.OF_THE_MOMENT: _("This was true at that moment only. Phone the patient."),
    NotAgain.NEARER_REMINDER: _("The reminder of the last hour takes the place of this one."),
    NotAgain.NOT_WRITTEN_TO: _("This patient may not be written to."),
}
BARRIERS: dict[Barrier, dict[Channel, Words]] = {
    Barrier.NO_ADDRESS: {
        Channel.EMAIL: _("no e-mail address is known"),
        Channel.SMS: _("no mobile number is known"),
    },
    Barrier.NOT_MOBILE: {Channel.SMS: _("this number is no mobile number")},
    Barrier.BROKEN: {
        Channel.EMAIL: _("an earlier mail came back"),
        Channel.SMS: _("an earlier text message came back"),
    },
    Barrier.REFUSED: {Channel.EMAIL: _("the patient wants no mail"), Channel.SMS: _("the patient wants no texts")},
    Barrier.NOT_ASKED: {
        Channel.EMAIL: _("the patient must agree first, and was not asked"),
        Channel.SMS: _("the patient must agree first, and was not asked"),
    },
    Barrier.SWITCHED_OFF: {
        Channel.EMAIL: _("this department sends no mail"),
        Channel.SMS: _("this department sends no text messages"),
    },
    Barrier.NOT_NEEDED: {Channel.SMS: _("not needed: the mail reaches the patient")},
}


def barrier_words(barrier: Barrier | None, channel: Channel) -> str:
    return str(BARRIERS.get(barrier, {}).get(channel, "")) if barrier else ""


def not_resent_words(refusal: NotResent, channel: Channel) -> str:
    if refusal.why is NotAgain.TOO_SOON and refusal.since:
        words = {"time": clock_text(refusal.since)}
        return gettext("One went out at %(time)s. Wait ten minutes before the next.") % words
    if refusal.why is NotAgain.NO_WAY:
        words = {"channel": str(channel.label), "why": barrier_words(refusal.barrier, channel)}
        return gettext("Not by %(channel)s: %(why)s.") % words
    return str(_NOT_AGAIN[refusal.why])
