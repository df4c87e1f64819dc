"""When patients are told what (PP-40 to PP-43): moments in UTC, thought on the local clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from praktijkplan.policy import Policy

# A reminder so soon after the confirmation would only repeat it: then the confirmation says what it would have said.
MERGE_WITHIN = timedelta(minutes=30)
# A day-before reminder helps to prepare; closer to the start than this it only disturbs.
DAY_BEFORE_ENDS = timedelta(hours=2)


class MessageKind(StrEnum):
    """What a message is for."""

    CONFIRMATION = "confirmation"  # PP-40
    DAY_BEFORE = "day_before"  # PP-41
    HOUR_BEFORE = "hour_before"  # PP-42


class DayWord(StrEnum):
    """How a text names the day of an appointment."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """A message to send at `due` and never after `not_after`, both in UTC."""

    kind: MessageKind
    due: datetime
    not_after: datetime


def plan_reminders(start: datetime, now: datetime, policy: Policy, tz: ZoneInfo) -> tuple[PlannedMessage, ...]:
    """The reminders of an appointment booked or moved at `now`, in order of their due time.

    `start` and `now` are aware. A reminder that would come before, with or soon after the confirmation is not
    planned: the confirmation stands in for it (`merged_reminders`).
    """
    told = confirmation_due(now, policy)
    return tuple(message for message in reminders_of(start, policy, tz) if message.due > told + MERGE_WITHIN)


def merged_reminders(start: datetime, now: datetime, policy: Policy, tz: ZoneInfo) -> tuple[MessageKind, ...]:
    """The reminders for which the confirmation stands in, as far as what they say is still of use."""
    told = min(confirmation_due(now, policy), start.astimezone(UTC))
    soon = [message for message in reminders_of(start, policy, tz) if message.due <= told + MERGE_WITHIN]
    return tuple(message.kind for message in soon if told <= message.not_after)


def reminders_of(start: datetime, policy: Policy, tz: ZoneInfo) -> tuple[PlannedMessage, ...]:
    """All reminders that an appointment has by the department's agreements, in order of their due time."""
    planned = (_day_before(start, policy, tz), _hour_before(start, policy))
    return tuple(
        sorted(
            (message for message in planned if message.kind not in policy.messages_off),
            key=lambda message: message.due,
        )
    )


def confirmation_due(now: datetime, policy: Policy) -> datetime:
    """When the messages of a booking itself fall due; until then it can be undone in silence."""
    return now.astimezone(UTC) + timedelta(minutes=policy.undo_minutes)


def link_opens_at(start: datetime, policy: Policy) -> datetime:
    """When the waiting room of an appointment opens, in UTC (PP-51)."""
    return start.astimezone(UTC) - timedelta(minutes=policy.link_opens_minutes)


def awake(moment: datetime, policy: Policy, tz: ZoneInfo) -> datetime:
    """The same moment, or the end of the quiet hours in which it falls; in UTC."""
    day = moment.astimezone(tz).date()
    for quiet_from, quiet_until in _quiet_hours(day, policy, tz):
        if quiet_from <= moment < quiet_until:
            return quiet_until.astimezone(UTC)
    return moment.astimezone(UTC)


def day_word(sent_on: date, start_on: date) -> DayWord:
    """How a text that is sent on one local date names another: from the date of sending, not the kind."""
    return {0: DayWord.TODAY, 1: DayWord.TOMORROW}.get((start_on - sent_on).days, DayWord.OTHER)


def _hour_before(start: datetime, policy: Policy) -> PlannedMessage:
    """Subtraction in UTC: on the nights of the clock change an hour is still an hour; no quiet hours."""
    due = start.astimezone(UTC) - timedelta(minutes=policy.hour_before_minutes)
    return PlannedMessage(MessageKind.HOUR_BEFORE, due, start.astimezone(UTC))


def _day_before(start: datetime, policy: Policy, tz: ZoneInfo) -> PlannedMessage:
    """The wall clock of the day before, shifted out of quiet hours but never dropped for them."""
    not_after = start.astimezone(UTC) - DAY_BEFORE_ENDS
    eve = start.astimezone(tz).date() - timedelta(days=1)
    # A consult soon after midnight, and an agreed time late in the evening: then as late as is of use.
    due = min(datetime.combine(eve, policy.day_before_at, tz), not_after)
    for quiet_from, quiet_until in _quiet_hours(eve, policy, tz):
        if quiet_from <= due < quiet_until:
            # Later is kinder than earlier, unless that is too late to be of use.
            fits_later = quiet_until.astimezone(UTC) <= not_after
            due = quiet_until if fits_later else quiet_from - timedelta(minutes=1)
            break
    return PlannedMessage(MessageKind.DAY_BEFORE, due.astimezone(UTC), not_after)


def _quiet_hours(day: date, policy: Policy, tz: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The quiet hours that touch a local date, each as one span, over midnight where they run so."""
    over_midnight = timedelta(days=policy.quiet_until < policy.quiet_from)
    for begins in (day - timedelta(days=1), day):
        yield (
            datetime.combine(begins, policy.quiet_from, tz),
            datetime.combine(begins + over_midnight, policy.quiet_until, tz),
        )
