"""Hand a job to a worker after the commit. A courtesy only: the rows say what is to do, and a beat looks for them."""

from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger("videopoli.jobs")


def hand_over_soon(job: "Task[Any, Any]", *ids: int) -> None:
    """Nothing is handed over when the transaction is rolled back, or while the broker cannot be reached."""

    def hand_over() -> None:
        try:
            job.delay(*ids)
        except OperationalError:
            log.warning("a job waits for the broker", job=job.name, ids=ids)

    transaction.on_commit(hand_over)
