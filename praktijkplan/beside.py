"""The rasters beside this one: where they meet it on a date, and the days that none of them covers.

Which weeks a raster is for is asked of its week pattern, date by date: week 53 is odd, as is week 1 after it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from praktijkplan.days import clock, span_of
from praktijkplan.findings import Finding, FindingId, OtherRaster, Severity, Surroundings
from praktijkplan.intervals import Span
from praktijkplan.rasters import BlockPlan, RasterPlan, WeekPattern
from praktijkplan.slots import BlockMode

# An even week follows an odd one within three weeks, also after week 53, which is odd as week 1 is.
_WEEKS_TO_MEET = 4
# A raster that ended over a year before the next begins was not followed by it.
_GAP_MOST_DAYS = 366
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Used:
    """A block of another raster, and the first date on which that holds together with the raster at hand."""

    other: OtherRaster
    block: BlockPlan
    span: Span
    first: date


@dataclass(frozen=True, slots=True)
class Index:
    """The blocks of the rasters around that meet a raster on a date, where the rules look for them."""

    places: Mapping[tuple[int, int], list[Used]] = field(default_factory=dict)  # by weekday and workplace
    own: Mapping[int, list[Used]] = field(default_factory=dict)  # the neighbours', by weekday

    @classmethod
    def of(cls, plan: RasterPlan, around: Surroundings) -> "Index":
        places: dict[tuple[int, int], list[Used]] = {}
        own: dict[int, list[Used]] = {}
        for used in _meeting(plan, around.occupants):
            if used.block.workplace is not None:
                places.setdefault((used.block.weekday, used.block.workplace), []).append(used)
        for used in _meeting(plan, around.neighbours):
            own.setdefault(used.block.weekday, []).append(used)
        return cls(places, own)


def _meeting(plan: RasterPlan, others: tuple[OtherRaster, ...]) -> Iterator[Used]:
    weekdays = {block.weekday for block in plan.blocks}
    for other in others:
        met = {weekday: first_together(plan, other.plan, weekday) for weekday in weekdays}
        for block in other.plan.blocks:
            first = met.get(block.weekday)
            if first and block.mode is not BlockMode.BREAK and block.minutes > 0:
                yield Used(other, block, span_of(block), first)


def first_together(plan: RasterPlan, other: RasterPlan, weekday: int) -> date | None:
    """The first date on this weekday on which both rasters hold, or None: by validity and ISO week."""
    day = max(plan.valid_from, other.valid_from)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    ends = [until for until in (plan.valid_until, other.valid_until) if until is not None]
    for _ in range(_WEEKS_TO_MEET):
        if ends and day > min(ends):
            return None
        if plan.weeks.holds_on(day) and other.weeks.holds_on(day):
            return day
        day += timedelta(weeks=1)
    return None


def shared(one: Span, other: Span) -> Span | None:
    """The minutes that two spans share, or None."""
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None


def collisions(plan: RasterPlan, index: Index) -> Iterator[Finding]:
    """Blocks of another raster of the same clinician at the same time on a date: a finding per raster and day."""
    met: dict[tuple[int, int], list[tuple[int, Span, date]]] = {}
    own = [b for b in plan.blocks if b.mode is not BlockMode.BREAK and b.minutes > 0]
    for block in own:
        span = span_of(block)
        for used in index.own.get(block.weekday, ()):
            if overlap := shared(span, used.span):
                met.setdefault((block.weekday, used.other.raster), []).append((block.key, overlap, used.first))
    for (weekday, raster), hits in met.items():
        start, end = min(span[0] for _, span, _ in hits), max(span[1] for _, span, _ in hits)
        yield Finding(
            FindingId.RASTERS_COLLIDE,
            "",
            Severity.ERROR,
            tuple(dict.fromkeys(key for key, _, _ in hits)),
            weekday,
            clock(start),
            clock(end),
            {"raster": raster, "first": min(first for _, _, first in hits).toordinal(), "count": len(hits)},
        )


def gap_findings(plan: RasterPlan, neighbours: tuple[OtherRaster, ...]) -> Iterator[Finding]:
    """The clinic days that lie between this raster and the one before or after it, in the weeks that it is for.

    A gap counts only if it holds a day on which this raster would hold a clinic, were it valid.
    """
    alike = [other for other in neighbours if _alternate(plan.weeks, other.plan.weeks)]
    before = [o for o in alike if o.plan.valid_until is not None and o.plan.valid_until < plan.valid_from]
    if before:
        last = max(before, key=lambda other: (other.plan.valid_until or date.min, other.raster))
        start = (last.plan.valid_until or date.min) + _DAY
        yield from _gap(plan, last, start, plan.valid_from - _DAY, alike)
    until = plan.valid_until
    after = [o for o in alike if until is not None and o.plan.valid_from > until]
    if after and until is not None:
        following = min(after, key=lambda other: (other.plan.valid_from, other.raster))
        yield from _gap(plan, following, until + _DAY, following.plan.valid_from - _DAY, alike)


def _alternate(one: WeekPattern, other: WeekPattern) -> bool:
    """Whether there is a week in which both patterns hold."""
    return one is other or WeekPattern.EVERY in (one, other)


def _gap(plan: RasterPlan, other: OtherRaster, start: date, end: date, alike: list[OtherRaster]) -> Iterator[Finding]:
    if (end - start).days >= _GAP_MOST_DAYS:
        return
    weekdays = {block.weekday for block in plan.blocks if block.mode is not BlockMode.BREAK}
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    open_days = [
        day
        for day in days
        if day.weekday() in weekdays
        and plan.weeks.holds_on(day)
        and not any(_holds(each.plan, day) for each in alike)
    ]
    if open_days:
        facts = {
            "raster": other.raster,
            "first": open_days[0].toordinal(),
            "last": open_days[-1].toordinal(),
            "count": len(open_days),
        }
        yield Finding(FindingId.VALIDITY_GAP, "", Severity.ADVICE, facts=facts)


def _holds(plan: RasterPlan, day: date) -> bool:
    until = plan.valid_until
    return plan.valid_from <= day and (until is None or day <= until) and plan.weeks.holds_on(day)
