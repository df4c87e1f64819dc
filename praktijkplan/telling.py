"""What a patient is told of when their consult begins, and when a delay is news (PP-51, PP-52; ux, section 4).

A range, as a single minute would be a promise that nobody can keep. Times are instants; words are made above.
"""

from dataclasses import dataclass
from enum import StrEnum

from praktijkplan.delay import Expected
from praktijkplan.policy import Policy

AROUND = 5  # minutes: what begins less later than this is on time, and less of a change is none
ROUNDED_TO = 5
WIDEST = 45  # an estimate of our own: from here a range says no more than that it takes longer
HEARS_AGAIN_AFTER = 15


class Outlook(StrEnum):
    """As the states of the waiting page are named."""

    ON_TIME = "on_time"
    DELAYED = "delayed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Told:
    """What stands on the patient's page, and what was expected when it came to stand there.

    `earliest` and `latest`: the range of a delay. `hears_at`: when they hear more of an unknown one.
    """

    outlook: Outlook
    expected: Expected
    earliest: int | None = None
    latest: int | None = None
    hears_at: int | None = None


def told(start: int, expected: Expected, *, stalled: bool, now: int, before: Told | None = None) -> Told:
    """What to tell the patient who was planned at `start`; `before` is what they were told last.

    On time is who will probably begin within AROUND minutes of the plan. Else the range, rounded outward; what is
    `stalled` or too wide is unknown. A range stands until it moves by AROUND minutes or the clock overtakes it:
    who looks every minute must not see numbers that jump to and fro.
    """
    outlook = _outlook(start, expected, stalled, before)
    if before is not None and _stands(before, outlook, expected, now):
        return before
    if outlook is Outlook.ON_TIME:
        return Told(outlook, expected)
    if outlook is Outlook.UNKNOWN:
        return Told(outlook, expected, hears_at=_up(now + HEARS_AGAIN_AFTER))
    return Told(outlook, expected, earliest=_down(expected.low), latest=_up(expected.high))


class News(StrEnum):
    """How a delay differs from what the patient heard; each asks for a message, or a call where none arrives."""

    LATE = "late"  # later than they heard, or late for the first time
    LESS = "less"  # earlier than they heard, though still late
    ON_TIME = "on_time"


def news(delay: int, heard: int, policy: Policy) -> News | None:
    """Whether an expected delay is news; in minutes, `heard` is 0 for who heard of none, or of being on time again.

    It is when it differs from what was heard by `delay_told_minutes`, and when hardly any of it is left. So it
    takes as large a change to hear again, and a delay that sways about the threshold is told once (hysteresis).
    """
    step = policy.delay_told_minutes
    if delay - heard >= step:
        return News.LATE
    if heard and delay < AROUND:
        return News.ON_TIME
    return News.LESS if heard - delay >= step else None


def _outlook(start: int, expected: Expected, stalled: bool, before: Told | None) -> Outlook:
    if expected.median < start + AROUND:
        return Outlook.ON_TIME
    was_unknown = before is not None and before.outlook is Outlook.UNKNOWN
    widest = WIDEST - AROUND if was_unknown else WIDEST
    return Outlook.UNKNOWN if stalled or expected.high - expected.low > widest else Outlook.DELAYED


def _stands(before: Told, outlook: Outlook, expected: Expected, now: int) -> bool:
    if before.latest is not None:
        moved = max(abs(expected.low - before.expected.low), abs(expected.high - before.expected.high))
        return outlook is not Outlook.UNKNOWN and moved < AROUND and now <= before.latest
    return before.outlook is outlook and (before.hears_at is None or now < before.hears_at)


def _down(minute: int) -> int:
    return minute - minute % ROUNDED_TO


def _up(minute: int) -> int:
    return minute + -minute % ROUNDED_TO
