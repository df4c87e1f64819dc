"""Whom to phone before a video consult, who first, and when to try again (PP-45, PP-51).

Age counts nowhere: who is old is no worse at this than who is young. Neither does a language, nor that somebody else
acts for the patient.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from praktijkplan.policy import Policy

# Nobody is phoned before or after this on the local clock, whatever the quiet hours of the messages.
PHONE_FROM, PHONE_UNTIL = time(8), time(20)
SHORTEST_PAUSE = timedelta(minutes=5)
# Longer than any clinic is closed on end; beyond it something is wrong with the calendar that was given.
LOOK_AHEAD = 21


class Need(StrEnum):
    """Why someone must be phoned, the gravest first: who waits for us, who knows nothing, who will get stuck."""

    WRONG_NUMBER = "wrong_number"  # nobody can phone them until the right one is found
    HELP = "help"  # told us that the technique does not work
    ASKED = "asked"  # asked to be phoned
    BY_PHONE = "by_phone"  # expected a video call that is about to begin, and it became a phone call
    UNREACHABLE = "unreachable"  # no message can reach them
    FAILED = "failed"  # a message did not arrive, or came back
    TEST_FAILED = "test_failed"  # the device test found that something does not work
    FIRST_VIDEO = "first_video"  # never did this before
    NEW_TIME = "new_time"  # cancelled by us
    NO_TEST = "no_test"


class DeviceTest(StrEnum):
    UNKNOWN = "unknown"  # there was no test to do
    NONE = "none"
    FAILED = "failed"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class ComingVideo:
    """What is known of one video consult to come. `reachable`: a message comes to them of itself."""

    had_video: bool
    reachable: bool
    failed: bool = False
    asked: bool = False
    help: bool = False
    wrong_number: bool = False
    test: DeviceTest = DeviceTest.UNKNOWN


def needs_of(coming: ComingVideo) -> tuple[Need, ...]:
    """The gravest first; empty for who is phoned only if there is time: everybody is asked for (PP-45)."""
    return tuple(_needs(coming))


def weight(needs: Iterable[Need]) -> int:
    """Higher goes first: the gravest need decides, then the next one. No number of lesser needs outweighs it."""
    gravest_first = list(Need)
    return sum(1 << (len(gravest_first) - 1 - gravest_first.index(need)) for need in set(needs))


def in_order(needs: Iterable[Need]) -> tuple[Need, ...]:
    return tuple(sorted(set(needs), key=list(Need).index))


def next_try(
    now: datetime,
    *,
    tries: int,
    useful_until: datetime | None,
    policy: Policy,
    tz: ZoneInfo,
    is_closed: Callable[[date], bool],
) -> datetime | None:
    """When to phone again after nobody answered, in UTC; None when that is over.

    `tries`: how many there were, this one included. `useful_until`: the moment from which a call is of no use; where
    it is near, what is left of the time is shared over the tries that are left. `is_closed`: local dates without
    anyone to phone.
    """
    left = policy.call_tries - tries
    if left <= 0:
        return None
    pause = timedelta(minutes=policy.call_again_minutes)
    if useful_until is not None:
        pause = max(SHORTEST_PAUSE, min(pause, (useful_until - now) / (left + 1)))
    again = first_moment(now + pause, policy, tz, is_closed)
    if again is None or (useful_until is not None and again >= useful_until):
        return None
    return again


def first_moment(
    moment: datetime, policy: Policy, tz: ZoneInfo, is_closed: Callable[[date], bool]
) -> datetime | None:
    """The first moment from `moment` on at which someone may be phoned, in UTC; on the wall clock, so that it is the
    same on the day after a clock change. None when the clinic stays closed for weeks.
    """
    first = moment.astimezone(tz).date()
    for day in (first + timedelta(days=days) for days in range(LOOK_AHEAD)):
        hours = [] if is_closed(day) else phone_hours(day, policy, tz)
        for opens, closes in hours:
            if moment < closes:
                return max(moment.astimezone(UTC), opens)
    return None


def phone_hours(day: date, policy: Policy, tz: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """When people are phoned on a local date, in UTC: office hours without the quiet hours."""
    quiet_from, quiet_until = policy.quiet_from, policy.quiet_until
    if quiet_from < quiet_until:
        spans = [(PHONE_FROM, min(PHONE_UNTIL, quiet_from)), (max(PHONE_FROM, quiet_until), PHONE_UNTIL)]
    elif quiet_until < quiet_from:
        spans = [(max(PHONE_FROM, quiet_until), min(PHONE_UNTIL, quiet_from))]
    else:
        spans = [(PHONE_FROM, PHONE_UNTIL)]
    return [(_moment(day, opens, tz), _moment(day, closes, tz)) for opens, closes in spans if opens < closes]


def _moment(day: date, at: time, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tz).astimezone(UTC)


def _needs(coming: ComingVideo) -> Iterator[Need]:
    if coming.wrong_number:
        yield Need.WRONG_NUMBER
    if coming.help:
        yield Need.HELP
    if coming.asked:
        yield Need.ASKED
    if not coming.reachable:
        yield Need.UNREACHABLE
    if coming.failed:
        yield Need.FAILED
    if coming.test is DeviceTest.FAILED:
        yield Need.TEST_FAILED
    if not coming.had_video:
        yield Need.FIRST_VIDEO
    if coming.test is DeviceTest.NONE:
        yield Need.NO_TEST
