import structlog
from celery import shared_task
from django.utils import timezone

from events import live
from notifications.actions.claiming import Turns
from notifications.actions.delivering import deliver
from notifications.models import Channel
from notifications.queries import oldest_due

log = structlog.get_logger("videopoli.notifications")


@shared_task(name="notifications.tasks.send_due")
def send_due() -> None:
    """A tick: sends whatever is due. Lost or doubled, it changes nothing; the rows are the truth."""
    waiting = {channel: Turns(channel) for channel in Channel}
    while waiting:
        # By turns, so that no channel waits for another's backlog.
        for channel, turns in list(waiting.items()):
            claims = turns.claim(now=timezone.now())
            with live.gathered():
                goes_on = bool(claims) and deliver(channel=channel, claims=claims)
            if not goes_on:
                del waiting[channel]
    warn_if_overdue()


def warn_if_overdue() -> None:
    overdue = oldest_due(now=timezone.now())
    if overdue.is_late:
        log.warning("messages overdue", count=overdue.count, oldest_minutes=overdue.minutes)
