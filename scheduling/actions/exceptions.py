"""Alleen deze dag: a half-day on which a raster is not followed. It stands until it is taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from events.catalogue import RasterExceptionMade
from events.log import record
from praktijkplan import blocks as rules
from praktijkplan.blocks import Finding, Severity
from praktijkplan.localtime import HalfDay, from_instant
from praktijkplan.localtime import half_day as half_day_at
from praktijkplan.rasters import BlockPlan, PlannedBlock, RasterPlan, WeekPattern
from scheduling.actions.publishing import Published, Refused, publish_day, publishing
from scheduling.contents import BlockContent, published_content, write_block
from scheduling.localtime import AMSTERDAM, local_day
from scheduling.models import Raster, RasterException
from scheduling.queries.dated import DatedSession, wanted_sessions
from scheduling.queries.policy import Policies
from scheduling.queries.surroundings import surroundings

FURTHEST_SHIFT = 240  # minutes
# Blocks of the day's other half are looked at too; their keys must not be those of the blocks at hand.
_BESIDE = 1_000_000


class InPast(Exception):
    """What was held stays as it was."""


class ShiftsTooFar(Exception):
    """At most four hours, at least a minute, and within its half-day: another half-day is another session."""


class WrongHalfDay(Exception):
    """A block begins in the other half of the day."""


class NothingThere(Exception):
    """The raster has no clinic to shift on that half-day, or none of the blocks given can be held."""


Done = Published | Refused | None


def close_half_day(*, raster: Raster, day: date, half_day: HalfDay, reason: str, by: str, now: datetime) -> Done:
    """No clinic. Who is booked stays booked, as a Misfit. None where publication has not come yet.

    Raises InPast, NoClinician and scheduling.locks.Busy; so do the others here.
    """
    kind = RasterException.Kind.CLOSED
    return _except(raster, day, half_day, {"kind": kind}, reason, by=by, now=now)


def shift_half_day(
    *, raster: Raster, day: date, half_day: HalfDay, minutes: int, reason: str, by: str, now: datetime
) -> Done:
    """Later, or earlier with negative minutes. Raises ShiftsTooFar and NothingThere.

    Refused where the blocks then break a rule that is an error, such as by two clinics at once.
    """
    if not minutes or abs(minutes) > FURTHEST_SHIFT:
        raise ShiftsTooFar
    said = {"kind": RasterException.Kind.SHIFTED, "shift_minutes": minutes}
    return _except(raster, day, half_day, said, reason, by=by, now=now)


def set_half_day(
    *,
    raster: Raster,
    day: date,
    half_day: HalfDay,
    blocks: Sequence[BlockContent],
    reason: str,
    by: str,
    now: datetime,
) -> Done:
    """Blocks of its own for this one date, also where the raster has none; they are numbered from 1.

    Refused where they break a rule that is an error. Raises WrongHalfDay and NothingThere.
    """
    numbered = [
        replace(block, plan=replace(block.plan, key=key, weekday=day.weekday()))
        for key, block in enumerate(blocks, start=1)
    ]
    if any(block.plan.half_day is not half_day for block in numbered):
        raise WrongHalfDay
    said = {"kind": RasterException.Kind.OWN_BLOCKS, "blocks": [write_block(block) for block in numbered]}
    return _except(raster, day, half_day, said, reason, by=by, now=now)


def follow_raster_again(*, raster: Raster, day: date, half_day: HalfDay, by: str, now: datetime) -> Published | None:
    """Takes an exception back; None as well when there was none."""
    _not_past(day, now)
    with publishing(raster) as current:
        gone, _ = current.exceptions.filter(date=day, half_day=half_day.value).delete()
        return _follow(current, day, half_day, by=by, now=now) if gone else None


class _Wrong(Exception):
    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings


def _except(
    raster: Raster, day: date, half_day: HalfDay, said: dict[str, Any], reason: str, *, by: str, now: datetime
) -> Done:
    _not_past(day, now)
    nothing: dict[str, Any] = {"shift_minutes": 0, "blocks": []}
    signed = {"reason": reason.strip(), "made_by": by, "made_at": now}
    try:
        with publishing(raster) as current:
            current.exceptions.update_or_create(date=day, half_day=half_day.value, defaults=nothing | said | signed)
            if said["kind"] != RasterException.Kind.CLOSED:
                _check(current, day, half_day)
            return _follow(current, day, half_day, by=by, now=now)
    except _Wrong as wrong:
        return Refused(wrong.findings)


def _not_past(day: date, now: datetime) -> None:
    if day < local_day(now):
        raise InPast


def _check(raster: Raster, day: date, half_day: HalfDay) -> None:
    """Raises _Wrong, ShiftsTooFar and NothingThere."""
    policies = Policies(raster.department_id)
    held = wanted_sessions(raster, published_content(raster), policies, day, day).sessions
    mine = held.get((day, half_day.value))
    if mine is None:
        raise NothingThere
    if any(_leaves(block, day) for block in mine.planned.blocks) or _half(mine) is not half_day:
        raise ShiftsTooFar
    blocks = [_on_the_clock(block, block.key) for block in mine.planned.blocks]
    beside = [block for session in held.values() if session is not mine for block in session.planned.blocks]
    blocks += [_on_the_clock(block, _BESIDE + n) for n, block in enumerate(beside)]
    plan = RasterPlan(WeekPattern.EVERY, day, day, tuple(blocks))
    found = rules.findings(plan, policies.on(day), surroundings(raster))
    wrong = _errors(found, {block.key for block in mine.planned.blocks})
    if wrong:
        raise _Wrong(wrong)


def _errors(found: Iterable[Finding], keys: set[int]) -> tuple[Finding, ...]:
    """What is wrong with the rest of the day was so before, and is not at hand."""
    return tuple(each for each in found if each.severity is Severity.ERROR and keys.intersection(each.keys))


def _leaves(block: PlannedBlock, day: date) -> bool:
    return {from_instant(minute, AMSTERDAM).date() for minute in (block.starts, block.ends)} != {day}


def _half(session: DatedSession) -> HalfDay:
    return half_day_at(from_instant(session.starts, AMSTERDAM).time())


def _on_the_clock(block: PlannedBlock, key: int) -> BlockPlan:
    start, end = (from_instant(minute, AMSTERDAM) for minute in (block.starts, block.ends))
    return replace(block.plan, key=key, weekday=start.weekday(), start=start.time(), end=end.time())


def _follow(raster: Raster, day: date, half_day: HalfDay, *, by: str, now: datetime) -> Published | None:
    """What was published already is changed at once; the rest waits for its publication."""
    record(
        RasterExceptionMade(
            raster=raster.pk, department=raster.department_id, date=day.isoformat(), half_day=half_day.value
        ),
        at=now,
        actor=by,
    )
    return publish_day(raster, day, by=by, now=now)
