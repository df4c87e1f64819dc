import structlog
from celery import shared_task
from django.utils import timezone

from notifications.actions.claiming import claim_due
from notifications.actions.delivering import deliver_by_email, deliver_to_inbox
from notifications.models import Channel
from notifications.queries import oldest_due

log = structlog.get_logger("videopoli.notifications")


@shared_task(name="notifications.tasks.send_due")
def send_due() -> None:
    """A tick: sends whatever is due. Lost or doubled, it changes nothing; the rows are the truth."""
    mail_works, more = True, True
    while more:
        # By turns, so that neither channel waits for the other's backlog.
        mails = claim_due(channel=Channel.EMAIL, now=timezone.now()) if mail_works else []
        if mails:
            mail_works = deliver_by_email(claims=mails)
        inbox = claim_due(channel=Channel.INBOX, now=timezone.now())
        deliver_to_inbox(claims=inbox)
        more = bool(mails or inbox)
    warn_if_overdue()


def warn_if_overdue() -> None:
    overdue = oldest_due(now=timezone.now())
    if overdue.is_late:
        log.warning("messages overdue", count=overdue.count, oldest_minutes=overdue.minutes)
