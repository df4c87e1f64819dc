"""What there is to simulate of a raster: its half-days as drafted and as published last, with consults (PP-31)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Count

from praktijkplan.assumptions import Assumptions
from praktijkplan.contact import Modality
from praktijkplan.draws import Duration, Family
from praktijkplan.filling import ConsultKind, SimulatedSession, assumed_duration, consults_of
from praktijkplan.localtime import HalfDay
from praktijkplan.rasters import PlannedSession, RasterProblemId, WeekPattern, raster_problems, sessions
from praktijkplan.slots import BlockMode
from scheduling.contents import RasterContent, draft_content, version_content
from scheduling.models import Appointment, AppointmentStatus, AppointmentType, MeasuredDuration, Raster, RasterVersion

# From so many consults a measured duration, or a mix as it was booked, says more than an assumption.
ENOUGH = 30
MIX_LOOKS_BACK = timedelta(weeks=26)
DAYS = 2_000
# So many keep a worker busy for half a minute with a full week: more would hold up what else it has to do.
MOST_DAYS = 200_000
MOST_SEED = 2**31 - 1
# A second on a slow machine. Reckoned in consults: ten patients take ten times as long as one.
AT_ONCE_CONSULTS = 1_500_000

# A raster is simulated as the wall clock shows it, in a week in which nothing happens to the clock.
_WALL = ZoneInfo("UTC")
_MONDAY = date(2024, 1, 8)
_MIDNIGHT = (_MONDAY - date(1970, 1, 1)).days * 24 * 60
# Slots that leave a rest lose time, no more; whatever else is wrong with a block leaves nothing to simulate.
_HARMLESS = frozenset({RasterProblemId.SLOTS_LEAVE_REST, RasterProblemId.VALIDITY_ENDS_FIRST})


@dataclass(frozen=True, slots=True, order=True)
class HalfDayOfWeek:
    """A half-day of a raster; written "2-morning" for Wednesday."""

    weekday: int  # 0 is Monday
    half_day: HalfDay

    def __str__(self) -> str:
        return f"{self.weekday}-{self.half_day.value}"

    @classmethod
    def read(cls, text: str) -> "HalfDayOfWeek":
        """Raises ValueError for what is none."""
        weekday, _, half = text.partition("-")
        if weekday not in tuple("0123456"):
            raise ValueError(f"expected a weekday from 0 to 6 and a half-day, such as 2-morning, not {text!r}")
        return cls(int(weekday), HalfDay(half))


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """What filling a half-day asks of an appointment type. `measured`: of how many consults; 0 is an assumption."""

    id: int
    name: str
    minutes: int
    modality: Modality
    duration: Duration
    measured: int = 0
    bookings: int = 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A half-day ready to be simulated; its times count from `zero`, in minutes after local midnight."""

    zero: int
    session: SimulatedSession

    @property
    def planned_end(self) -> int:
        return self.zero + round(self.session.ends)


Week = Mapping[HalfDayOfWeek, Prepared]


@dataclass(frozen=True)
class Question:
    """All that the answer of a simulation depends on, but for the number of days and the seed.

    `draft` or `current` is None when it is not asked for; `current` also when nothing was published. `only` names
    the one half-day to simulate; None is the whole week.
    """

    draft: RasterContent | None
    current: RasterContent | None
    version: int  # of `current`; 0 without
    types: Mapping[int, TypeFacts]
    assumptions: Assumptions = field(default_factory=Assumptions)
    only: HalfDayOfWeek | None = None

    @cached_property
    def drafted(self) -> Week:
        return self._of(self.draft)

    @cached_property
    def published(self) -> Week:
        return self._of(self.current)

    @property
    def half_days(self) -> list[HalfDayOfWeek]:
        return sorted({*self.drafted, *self.published})

    @property
    def to_hold(self) -> list[tuple[HalfDayOfWeek, Prepared]]:
        """Each half-day once where draft and published version hold the same."""
        return [
            (name, prepared)
            for name in self.half_days
            for prepared in dict.fromkeys(week[name] for week in (self.drafted, self.published) if name in week)
        ]

    @property
    def consults(self) -> int:
        """Of one day of each."""
        return sum(len(prepared.session.consults) for _, prepared in self.to_hold)

    def takes_long(self, days: int) -> bool:
        """Whether nobody should wait for it: more than a second, on a slow machine."""
        return days * self.consults > AT_ONCE_CONSULTS

    def _of(self, content: RasterContent | None) -> Week:
        return prepared_week(content, self.types, only=self.only) if content else {}


def question_about(
    raster: Raster,
    *,
    now: datetime,
    draft: bool = True,
    current: bool = True,
    only: HalfDayOfWeek | None = None,
    assumptions: Assumptions | None = None,
    durations: Mapping[int, Duration] | None = None,
) -> Question:
    """Five selects, however many blocks. `durations` replace, per type, what was measured or is assumed."""
    drafted = draft_content(raster) if draft else None
    version = raster.versions.select_related("raster").first() if current else None
    published = version_content(version) if version else None
    return Question(
        draft=drafted,
        current=published,
        version=version.number if version else 0,
        types=with_durations(
            type_facts(raster.department_id, _types_in(drafted, published), now=now), durations or {}
        ),
        assumptions=assumptions or Assumptions(),
        only=only,
    )


def question_about_version(version: RasterVersion, *, now: datetime) -> Question:
    """With the assumptions as they come, and what has been measured by now."""
    content = version_content(version)
    types = type_facts(version.raster.department_id, _types_in(content), now=now)
    return Question(draft=None, current=content, version=version.number, types=types)


def with_durations(types: Mapping[int, TypeFacts], durations: Mapping[int, Duration]) -> dict[int, TypeFacts]:
    return {
        pk: replace(facts, duration=durations[pk], measured=0) if pk in durations else facts
        for pk, facts in types.items()
    }


def type_facts(department: int, types: Iterable[int], *, now: datetime) -> dict[int, TypeFacts]:
    """By id, in order of name: what was measured where that is enough, else what is assumed."""
    wanted = list(AppointmentType.objects.filter(department=department, pk__in=types).order_by("name", "pk"))
    measured = {row.type_id: row for row in MeasuredDuration.objects.filter(type__in=wanted, count__gte=ENOUGH)}
    booked = _bookings(wanted, now)
    return {kind.pk: _facts(kind, measured.get(kind.pk), booked.get(kind.pk, 0)) for kind in wanted}


def _bookings(types: Sequence[AppointmentType], now: datetime) -> dict[int, int]:
    rows = Appointment.objects.filter(type__in=types, start__gte=now - MIX_LOOKS_BACK)
    rows = rows.exclude(status=AppointmentStatus.CANCELLED)
    return dict(rows.order_by().values_list("type").annotate(Count("pk")))


def _facts(kind: AppointmentType, measured: MeasuredDuration | None, bookings: int) -> TypeFacts:
    minutes = kind.duration_minutes
    duration = Duration(Family.LOGNORMAL, measured.mean, measured.cv) if measured else assumed_duration(minutes)
    count = measured.count if measured else 0
    return TypeFacts(kind.pk, kind.name, minutes, Modality(kind.modality), duration, count, bookings)


def _types_in(*contents: RasterContent | None) -> set[int]:
    return {kind for content in contents if content for block in content.blocks for kind in block.types}


def prepared_week(
    content: RasterContent, types: Mapping[int, TypeFacts], *, only: HalfDayOfWeek | None = None
) -> dict[HalfDayOfWeek, Prepared]:
    """Per half-day, in order of the week. Left out: those of `unready_half_days`, and where no consult fits."""
    by_block = {block.key: kinds_of(block.types, types) for block in content.blocks}
    unready = unready_half_days(content)
    week = {}
    for planned in _planned_week(content):
        name = HalfDayOfWeek(planned.date.weekday(), planned.half_day)
        if only not in (None, name) or name in unready:
            continue
        if (filled := consults_of(planned, by_block=by_block)).consults:
            week[name] = Prepared(_zero(planned), filled)
    return week


def unready_half_days(content: RasterContent) -> frozenset[HalfDayOfWeek]:
    """Those with a block that makes no sense yet: one that ends first, or two that overlap."""
    plans = {block.key: block.plan for block in content.blocks}
    wrong = [plans[each.key] for each in raster_problems(content.plan) if each.key and each.id not in _HARMLESS]
    return frozenset(HalfDayOfWeek(plan.weekday, plan.half_day) for plan in wrong)


def kinds_of(allowed: Iterable[int], types: Mapping[int, TypeFacts]) -> tuple[ConsultKind, ...]:
    """The types of a block as they were booked, once that is enough to go by; else each as often as the others."""
    found = [types[pk] for pk in sorted(allowed) if pk in types]
    as_booked = sum(facts.bookings for facts in found) >= ENOUGH
    return tuple(
        ConsultKind(facts.minutes, facts.modality, facts.duration, facts.bookings if as_booked else 1)
        for facts in found
        if facts.bookings or not as_booked
    )


def _planned_week(content: RasterContent) -> list[PlannedSession]:
    """Of the blocks that end after they start; a half-day with another one is not ready as a whole."""
    blocks = tuple(block.plan for block in content.blocks if block.plan.minutes > 0)
    plan = replace(content.plan, weeks=WeekPattern.EVERY, valid_from=_MONDAY, valid_until=None, blocks=blocks)
    return sessions(plan, _MONDAY, _MONDAY + timedelta(days=6), _WALL)


def _zero(planned: PlannedSession) -> int:
    """Where `consults_of` counts from, in minutes after midnight."""
    starts = min(block.starts for block in planned.blocks if block.plan.mode is not BlockMode.BREAK)
    return starts - _MIDNIGHT - planned.date.weekday() * 24 * 60
