"""A job is handed over once what it is about stands in the database; and when the broker is gone, it is not."""

import pytest
from celery import Celery
from django.db import transaction
from structlog.testing import capture_logs

from events.handing_over import hand_over_soon
from scheduling.tasks import carry_out, take_up_runs

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


def test_job_is_handed_over_after_the_commit(queued):
    with transaction.atomic():
        hand_over_soon(carry_out, 7)
        hand_over_soon(take_up_runs)
        assert queued() == 0
    assert queued() == 2


def test_nothing_is_handed_over_of_what_was_rolled_back(queued):
    with transaction.atomic():
        hand_over_soon(carry_out, 7)
        transaction.set_rollback(True)
    assert queued() == 0


def test_broker_that_is_gone_is_told_to_the_log_alone():
    elsewhere = Celery("elsewhere", broker=NOBODY_LISTENS, set_as_current=False)
    elsewhere.conf.task_publish_retry = False

    @elsewhere.task(name="elsewhere.work")
    def work(number):
        raise AssertionError("nobody can have heard of it")

    with capture_logs() as said, transaction.atomic():
        hand_over_soon(work, 7)
    assert said == [
        {"log_level": "warning", "event": "a job waits for the broker", "job": "elsewhere.work", "ids": (7,)}
    ]
