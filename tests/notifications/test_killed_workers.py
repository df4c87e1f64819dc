"""Workers die and the broker forgets: no message is lost, and at most one per kill is sent twice, as the same one."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Channel, Message, MessageState
from notifications.tasks import send_due
from tests import factories as make
from tests.notifications.chaos.many import a_minute_passes, due_messages, extra_copies, send_the_rest, states
from tests.notifications.conftest import next_week
from tests.support.sizes import LONG, SHORT

pytestmark = pytest.mark.django_db(transaction=True)


def lapse():
    """A minute passes: the leases of the dead run out."""
    Message.objects.filter(state=MessageState.CLAIMED).update(leased_until=timezone.now() - timedelta(seconds=1))


def book_many(booked, count):
    kind = make.AppointmentTypeFactory(duration_minutes=10)
    return [
        booked(patient=make.PatientFactory(), type=kind, start=next_week("14.10") + timedelta(days=7 * (one % 8)))
        for one in range(count)
    ]


def await_everything_sent(mailbox, appointments):
    expected = {appointment.patient.email for appointment in appointments}
    for _ in range(3):
        lapse()
        Message.objects.filter(failures__gt=0).update(try_at=timezone.now())
        send_due()
    assert {mail["To"] for mail in mailbox.messages} == expected
    left = Message.objects.filter(kind="confirmation").exclude(state=MessageState.SENT)
    assert not left.exists()


def duplicates(mailbox):
    ids = Counter(mail["Message-ID"] for mail in mailbox.messages)
    per_person = Counter(mail["To"] for mail in mailbox.messages)
    assert len(ids) == len(per_person), "a second mail to someone is another message"
    return sum(ids.values()) - len(ids)


def test_killed_between_acceptance_and_our_mark_sends_one_twice_as_the_same(booked, mailbox, worker, broker):
    appointments = book_many(booked, 5)
    mailbox.hang(at="AFTER_DATA", times=1)
    worker.start()
    send_due.delay()
    mailbox.await_refusals(1, within=60)
    worker.kill()
    broker.forget_everything()
    assert len(mailbox.messages) == 1
    assert Message.objects.filter(channel=Channel.EMAIL, state=MessageState.CLAIMED).count() == 5

    lapse()
    worker.start()
    send_due.delay()
    mailbox.await_count(6, within=60)
    worker.stop()
    await_everything_sent(mailbox, appointments)
    assert duplicates(mailbox) == 1


def test_tick_that_the_broker_forgot_is_made_good_by_the_next(booked, mailbox, worker, broker):
    appointments = book_many(booked, 3)
    send_due.delay()
    broker.forget_everything()
    worker.start()
    send_due.delay()
    mailbox.await_count(3, within=60)
    worker.stop()
    await_everything_sent(mailbox, appointments)
    assert duplicates(mailbox) == 0


# Every so many kills a whole Celery worker dies and its broker forgets everything; else a process that sends dies.
WHOLE_WORKER_EVERY = 20
KILLS = [pytest.param(3, 60, id=SHORT), pytest.param(200, 5000, id=LONG, marks=pytest.mark.slow)]


@pytest.mark.parametrize(("kills", "messages"), KILLS)
def test_killed_at_any_moment_loses_nothing(mailbox, worker, sender, broker, kills, messages):
    chance = random.Random(7)
    due_messages(messages)
    for kill in range(1, kills + 1):
        until = min(len(mailbox.messages) + chance.randint(1, messages // kills), messages)
        if kill % WHOLE_WORKER_EVERY:
            pid = sender.sweep()
            mailbox.await_count(until, within=120)
            sender.kill(pid)
        else:
            worker.start()
            send_due.delay()
            mailbox.await_count(until, within=120)
            worker.kill()
            broker.forget_everything()
        a_minute_passes()
    send_the_rest()
    ids = [mail["Message-ID"] for mail in mailbox.messages]
    assert len(set(ids)) == messages
    assert states() == {MessageState.SENT: messages}
    assert extra_copies(ids) <= kills
