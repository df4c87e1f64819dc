"""The broker forgets everything, and two beats tick: no message is lost, and none goes out twice."""

import subprocess
import sys

import pytest
from django.conf import settings

from notifications.models import Message, MessageState
from notifications.tasks import send_due
from tests.notifications.chaos.many import due_messages, extra_copies, send_the_rest
from tests.support import child_process
from tests.support.sizes import LONG, SHORT, sizes
from tests.support.worker import environment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("times", sizes(2, 20))
def test_broker_that_forgets_everything(mailbox, worker, broker, times):
    due_messages(times * 20)
    worker.start(concurrency=2)
    for time in range(times):
        send_due.delay()
        send_due.delay()
        mailbox.await_count((time + 1) * 15, within=60)
        broker.forget_everything()
    worker.stop()
    send_the_rest()
    check(mailbox, times * 20)


def check(mailbox, count):
    ids = [mail["Message-ID"] for mail in mailbox.messages]
    assert len(set(ids)) == count
    assert extra_copies(ids) == 0
    assert not Message.objects.exclude(state=MessageState.SENT).exists()


# Seconds between two messages that fall due, and how many: ten minutes in all.
TICKS = [pytest.param(0, 8, id=SHORT), pytest.param(2, 300, id=LONG, marks=pytest.mark.slow)]


@pytest.mark.parametrize(("pause", "count"), TICKS)
def test_two_beats(mailbox, worker, tmp_path, pause, count):
    """Both tick at once, to two processes that send. The short test does not wait half a minute: it ticks itself."""
    worker.start(concurrency=2)
    beats = [start_beat(tmp_path / f"beat-{n}") for n in range(2)] if pause else []
    try:
        for _ in range(count):
            due_messages(1)
            if pause:
                subprocess.run(["sleep", str(pause)], check=True)
            else:
                send_due.delay()
                send_due.delay()
        mailbox.await_count(count, within=90)
    finally:
        for beat in beats:
            child_process.stop(beat)
        worker.stop()
    send_the_rest()
    check(mailbox, count)


def start_beat(schedule):
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "beat", "--schedule", str(schedule)]
    return child_process.start(
        command,
        env=environment(),
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
