"""A change that is no news: what was planned, sent and asked of an appointment holds of its new version too."""

import re
from collections.abc import Iterable

from django.db import transaction

from notifications.models import CallTask, Message, MessageKind
from scheduling.models import Appointment

# After one of these an occasion names the version that it tells of, or prepares for.
_REASONS = (CallTask.Reason.PREPARE, CallTask.Reason.NEW_TIME, CallTask.Reason.BY_PHONE)
_BEFORE_VERSION = "|".join([*MessageKind.values, *_REASONS])


@transaction.atomic
def carry_over(*, appointment: Appointment, since: int | None = None) -> None:
    """To the version that now stands, from the one before: its start and its form are as they were told.

    `since` where it was another one that stands again.

    An occasion that names the version is named anew too, so that what is planned once more is found to be there.
    A sender that holds a message looks again when the appointment changed, and then reads the version carried to.
    """
    before = appointment.schedule_version - 1 if since is None else since
    messages = list(Message.objects.filter(appointment=appointment, schedule_version=before))
    tasks = list(CallTask.objects.filter(appointment=appointment, schedule_version=before))
    _name_anew([*messages, *tasks], before, appointment.schedule_version)
    Message.objects.bulk_update(messages, ["occasion_key", "schedule_version"])
    CallTask.objects.bulk_update(tasks, ["occasion_key", "schedule_version"])


def _name_anew(rows: Iterable[Message | CallTask], before: int, now: int) -> None:
    named = re.compile(rf"(:(?:{_BEFORE_VERSION})):{before}(?=:|$)")
    for row in rows:
        row.occasion_key = named.sub(rf"\g<1>:{now}", row.occasion_key)
        row.schedule_version = now
