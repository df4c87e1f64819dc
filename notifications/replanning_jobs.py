"""What follows from new agreements of a department, by workers: the policy's row says how far it came."""

from celery import shared_task
from django.utils import timezone

from events.handing_over import hand_over_soon
from notifications.actions.replanning import policies_to_replan, replan_policy


@shared_task(name="notifications.tasks.replan_policies")
def replan_policies() -> None:
    for policy in policies_to_replan():
        while replan_policy(policy=policy, now=timezone.now()):
            pass


def replan_soon() -> None:
    """After the commit. When the broker cannot be reached the next tick finds the policy."""
    hand_over_soon(replan_policies)
