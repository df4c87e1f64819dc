"""Receipts that come at the same moment: one truth, told once."""

import random
from functools import partial

import pytest
from django.db import OperationalError
from django.utils import timezone

from notifications.actions.receipts import take_sms_receipt
from notifications.channels.sms.shapes import Outcome, Receipt
from notifications.models import BrokenAddress, CallTask, Message, MessageState
from scheduling.locks import Busy
from tests.notifications.conftest import facts_of
from tests.notifications.test_sms_receipts import sms
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def tell(message, outcome):
    """Again while others hold the row, as gateways do after a 503."""
    receipt = Receipt(str(message.public_id), Outcome(outcome), wrong_number=outcome == "failed")
    while True:
        try:
            return take_sms_receipt(provider="generic", receipt=receipt, now=timezone.now())
        except (Busy, OperationalError):
            continue


@pytest.mark.parametrize("seed", range(5))
def test_delivered_and_failed_at_once_end_as_delivered(settings, seed):
    settings.SMS_PROVIDER = "generic"
    message = sms()
    outcomes = ["delivered", "delivered", "failed", "failed", "buffered"]
    random.Random(seed).shuffle(outcomes)

    together(*(partial(tell, message, outcome) for outcome in outcomes))

    message.refresh_from_db()
    assert message.delivered_at is not None
    assert (message.state, message.bounced_at) == (MessageState.SENT, None)
    assert not BrokenAddress.objects.exists()
    assert len(facts_of("message.delivered")) == 1
    assert len(facts_of("message.bounced")) <= 1


@pytest.mark.parametrize("seed", range(3))
def test_failures_at_once_are_one_call(settings, seed):
    settings.SMS_PROVIDER = "generic"
    message = sms()

    together(*(partial(tell, message, "failed") for _ in range(6)))

    assert Message.objects.get(pk=message.pk).state == MessageState.FAILED
    assert CallTask.objects.filter(done_at=None).count() == 1
    assert BrokenAddress.objects.count() == 1
    assert len(facts_of("message.bounced")) == 1
