"""How the sending goes, over all departments: for the watchdog and for who runs this. Nobody is named."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from notifications.models import PENDING, Message
from notifications.standing import LATE_AFTER


@dataclass(frozen=True, slots=True)
class Overdue:
    """How far the sending of messages is behind."""

    count: int
    late_by: timedelta  # since the oldest fell due

    @property
    def minutes(self) -> int:
        return int(self.late_by / timedelta(minutes=1))

    @property
    def is_late(self) -> bool:
        return self.late_by > LATE_AFTER


def oldest_due(*, now: datetime) -> Overdue:
    """What should have been sent by now."""
    due = Message.objects.filter(state__in=PENDING, due_at__lte=now)
    figures = due.aggregate(count=Count("pk"), oldest=Min("due_at"))
    oldest = figures["oldest"]
    return Overdue(figures["count"], now - oldest if oldest else timedelta())
