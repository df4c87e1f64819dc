"""Something is due now: ask a worker to look at once. A courtesy only; the beat looks every half a minute anyway."""

import structlog
from django.db import transaction

log = structlog.get_logger("videopoli.notifications")


def nudge() -> None:
    """After this transaction is committed. A broker that is down, or forgets it, costs half a minute."""
    transaction.on_commit(_tick, robust=True)


def _tick() -> None:
    # The tasks know the senders, and these know who nudges.
    from notifications.tasks import send_due

    try:
        # Within half a minute the beat has come by: an older tick would find nothing.
        send_due.apply_async(expires=30, retry=False)
    except Exception as error:
        log.warning("nudge lost", error=type(error).__name__)
