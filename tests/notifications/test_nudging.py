"""What is due now need not wait for the beat; and when the broker is gone, it does."""

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from notifications.models import Message, MessageState
from notifications.nudging import nudge
from notifications.tasks import send_due
from tests.notifications.conftest import confirmation

pytestmark = pytest.mark.django_db(transaction=True)


def test_tick_is_sent_after_the_commit(queued):
    with transaction.atomic():
        nudge()
        assert queued() == 0
    assert queued() == 1


def test_no_tick_for_what_was_rolled_back(queued):
    with transaction.atomic():
        nudge()
        transaction.set_rollback(True)
    assert queued() == 0


def test_broker_that_is_gone_is_nobodys_trouble(booked, sweep, mailbox, monkeypatch):
    def gone(**options):
        raise OperationalError("no broker")

    monkeypatch.setattr(send_due, "apply_async", gone)
    with transaction.atomic():
        appointment = booked()
        nudge()
    assert confirmation(appointment).state == MessageState.PLANNED
    sweep()
    assert Message.objects.filter(kind="confirmation").exclude(state=MessageState.SENT).count() == 0
