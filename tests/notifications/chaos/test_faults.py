"""Mail server and gateway that ask to wait, refuse, hang or break off, around the moment of taking a message."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import CallTask, Channel, Message, MessageState
from notifications.tasks import send_due
from tests.notifications.chaos.many import (
    a_minute_passes,
    due_messages,
    extra_copies,
    reached_by_text_only,
    send_the_rest,
    states,
)
from tests.notifications.conftest import patience_with
from tests.support.sizes import sizes

pytestmark = pytest.mark.django_db

AT_ONCE = 4


def meet_all(server, trouble, steps, count):
    """So many troubles, one now and then, each at a step of its own; how many left the sender in the dark."""
    chance, unheard = random.Random(4), 0
    while server.refused < count:
        step = chance.choice(steps)
        met = server.refused
        trouble(step, min(chance.randint(1, 2), count - server.refused))
        a_minute_passes()
        send_due()
        server.behave()
        unheard += (server.refused - met) * step.startswith("AFTER")
        if server.refused == met:
            due_messages_again(server)
    return unheard


def due_messages_again(server):
    due_messages(AT_ONCE)
    if not hasattr(server, "conversations"):
        reached_by_text_only()
        Message.objects.filter(state=MessageState.PLANNED).update(channel=Channel.SMS)


SMTP = {
    "4xx": lambda box: lambda step, times: box.refuse(451, at=step, times=times),
    "5xx": lambda box: lambda step, times: box.refuse(554, at=step, times=times),
    "hang": lambda box: lambda step, times: box.hang(at=step, times=times),
    "reset": lambda box: lambda step, times: box.reset(at=step, times=times),
}
SMS = {
    "4xx": lambda gateway: lambda step, times: gateway.refuse(429, at=step, times=times),
    "5xx": lambda gateway: lambda step, times: gateway.refuse(400, at=step, times=times),
    "hang": lambda gateway: lambda step, times: gateway.hang(at=step, times=times),
    "reset": lambda gateway: lambda step, times: gateway.reset(at=step, times=times),
}


@pytest.mark.parametrize("count", sizes(4, 500))
@pytest.mark.parametrize("kind", SMTP)
def test_mail_server(mailbox, settings, kind, count):
    settings.EMAIL_TIMEOUT = patience_with(kind)
    due_messages(AT_ONCE)
    steps = ["DATA", "AFTER_DATA"]
    unheard = meet_all(mailbox, SMTP[kind](mailbox), steps, count)
    check(kind, count, lambda: [mail["Message-ID"] for mail in mailbox.messages], unheard)


@pytest.mark.parametrize("count", sizes(4, 500))
@pytest.mark.parametrize("kind", SMS)
def test_sms_gateway(sms_gateway, settings, kind, count):
    settings.SMS_TIMEOUT = patience_with(kind)
    due_messages(AT_ONCE)
    reached_by_text_only()
    Message.objects.update(channel=Channel.SMS)
    steps = ["OFFER", "AFTER_OFFER"]
    unheard = meet_all(sms_gateway, SMS[kind](sms_gateway), steps, count)
    check(kind, count, lambda: [offer.reference for offer in sms_gateway.messages], unheard)


def check(kind, count, delivered, unheard):
    if kind == "5xx":
        # Refused for good: staff see each, with a task, in the sweep that met it.
        assert states()[MessageState.FAILED] == count
        tasks = CallTask.objects.filter(reason=CallTask.Reason.FAILED)
        assert tasks.count() == count
        failed = Message.objects.filter(state=MessageState.FAILED)
        assert not [one for one in failed if one.offered_at is None]
        assert timezone.now() - min(task.created_at for task in tasks) < timedelta(hours=1)
        unheard = 0
    send_the_rest()
    assert set(states()) == ({MessageState.SENT, MessageState.FAILED} if kind == "5xx" else {MessageState.SENT})
    ids = delivered()
    assert len(set(ids)) == states()[MessageState.SENT]
    assert extra_copies(ids) <= (unheard if kind in ("hang", "reset") else 0)
