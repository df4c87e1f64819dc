"""The daily check of links, by workers: the rows say which are due, ticks may be lost or doubled."""

import structlog
from celery import shared_task
from django.utils import timezone

from events.handing_over import hand_over_soon
from notifications.actions.instructions import record_check
from notifications.instructions import links_to_check
from notifications.link_checks import check_link
from notifications.models import Instruction

log = structlog.get_logger("videopoli.notifications")

PER_TICK = 200


@shared_task(name="notifications.tasks.check_links")
def check_links() -> None:
    """Each link is a job of its own: a slow site keeps nobody else waiting."""
    for instruction in links_to_check(now=timezone.now())[:PER_TICK]:
        check_instruction.apply_async((instruction.pk,), expires=1800)


@shared_task(name="notifications.tasks.check_instruction")
def check_instruction(instruction_id: int) -> None:
    instruction = Instruction.objects.filter(pk=instruction_id).first()
    if instruction is None:
        return
    problem = check_link(instruction.url)
    record_check(instruction=instruction, problem=problem, now=timezone.now())
    if problem is not None:
        log.info("link in trouble", instruction=instruction.pk, problem=problem.value)


def check_soon(instruction: Instruction) -> None:
    """After the commit. When the broker cannot be reached the next tick finds it."""
    hand_over_soon(check_instruction, instruction.pk)
