"""What follows from new agreements of a department, by workers: the policy's row says how far it came."""

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications.actions.replanning import policies_to_replan, replan_policy

log = structlog.get_logger("videopoli.notifications")


@shared_task(name="notifications.tasks.replan_policies")
def replan_policies() -> None:
    for policy in policies_to_replan():
        while replan_policy(policy=policy, now=timezone.now()):
            pass


def replan_soon() -> None:
    """After the commit. When the broker cannot be reached the next tick finds the policy."""

    def hand_over() -> None:
        try:
            replan_policies.delay()
        except OperationalError:
            log.warning("new agreements wait for the broker")

    transaction.on_commit(hand_over)
