"""What publishing a raster would do: read by the preview and by the action alike.

In two steps, because what is booked must be read under the locks of the days that change: `compare` looks at the
sessions, which only a publication changes, and `weigh` at what is booked in them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import prefetch_related_objects

from praktijkplan.rasters import SkippedBlock
from scheduling.contents import RasterContent
from scheduling.models import ClinicSession, Raster, SessionBlock
from scheduling.models.minutes import to_minute
from scheduling.queries.dated import BlockFacts, DatedSession, SessionKey, wanted_sessions
from scheduling.queries.fitting import (
    Fits,
    NoLongerFits,
    blocks_of,
    held_on,
    judged,
    session_number,
    worth_telling,
)
from scheduling.queries.policy import Policies, policy_on

__all__ = [
    "DatedSession",
    "Difference",
    "NoClinician",
    "NoLongerFits",
    "Publication",
    "clinician_of",
    "compare",
    "publication",
    "published_through",
    "weigh",
]

Facts = frozenset[BlockFacts]
_SAID = ("starts", "ends", "mode", "slot_minutes", "start_up_minutes", "workplace_id", "released")


class NoClinician(Exception):
    """A starter of the department is copied to a clinician first."""


def clinician_of(raster: Raster) -> int:
    """Raises NoClinician for a starter."""
    if raster.clinician_id is None:
        raise NoClinician
    return raster.clinician_id


def published_through(raster: Raster, today: date, until: date | None = None) -> date:
    """The last day of a publication: the booking horizon unless given, and never before what was published already,
    so that no session beyond it keeps an old version.
    """
    last = until or today + timedelta(weeks=policy_on(raster.department_id, today).horizon_weeks)
    return max(last, raster.published_until or last)


@dataclass(frozen=True)
class Difference:
    """What a raster asks for beside what stands, before anyone looked at what is booked."""

    raster: Raster
    clinician: int
    policies: Policies
    first: date
    until: date
    now: datetime | None
    wanted: Mapping[SessionKey, DatedSession]
    standing: Mapping[SessionKey, ClinicSession]
    made: tuple[DatedSession, ...]
    changed: tuple[tuple[ClinicSession, DatedSession], ...]
    gone: tuple[ClinicSession, ...]
    skipped: tuple[SkippedBlock, ...]
    holidays: Mapping[date, str]

    @property
    def days(self) -> frozenset[date]:
        """The days whose bookings matter."""
        made = {dated.date for dated in self.made}
        return frozenset(made | {session.date for session in (*(held for held, _ in self.changed), *self.gone)})


@dataclass(frozen=True)
class Publication:
    """What publishing does, per session. Nothing booked is dropped: what no longer fits is listed."""

    first: date
    until: date
    made: tuple[DatedSession, ...]
    changed: tuple[tuple[ClinicSession, DatedSession], ...]
    withdrawn: tuple[ClinicSession, ...]
    closing: tuple[ClinicSession, ...]  # withdrawn too, but patients are booked: it stays, for them alone
    unchanged: int
    skipped: tuple[SkippedBlock, ...]
    holidays: Mapping[date, str]  # dates of the raster on which the clinic is closed
    misfits: tuple[NoLongerFits, ...]
    fitting: tuple[int, ...]  # appointments on the days that change that do fit
    followed: tuple[Fits, ...]  # of these, those that another session holds from now on
    wanted: Mapping[SessionKey, DatedSession]
    standing: Mapping[SessionKey, ClinicSession]


def publication(
    raster: Raster, content: RasterContent, *, first: date, until: date, now: datetime | None = None
) -> Publication:
    """Compare a raster's content with its sessions from `first` through `until`; nothing is written.

    With `now`, sessions that are over stay as they were held. A fixed number of selects. Raises NoClinician.
    """
    found = compare(raster, content, first=first, until=until, now=now)
    # Whoever shows it wants to see the blocks.
    prefetch_related_objects(list(found.standing.values()), "blocks__types")
    return weigh(found)


def compare(
    raster: Raster, content: RasterContent, *, first: date, until: date, now: datetime | None = None
) -> Difference:
    """Raises NoClinician for a starter."""
    clinician, policies = clinician_of(raster), Policies(raster.department_id)
    asked = wanted_sessions(raster, content, policies, first, until)
    rows, facts = list(raster.sessions.filter(date__range=(first, until))), _facts(raster, first, until)
    over = {_key(session) for session in rows if now is not None and _is_over(facts.get(session.pk), now)}
    standing = {_key(session): session for session in rows if _key(session) not in over}
    wanted = {key: dated for key, dated in asked.sessions.items() if key not in over}
    differing = [
        key for key, session in standing.items() if _differs(session, facts.get(session.pk), wanted.get(key))
    ]
    return Difference(
        raster=raster,
        clinician=clinician,
        policies=policies,
        first=first,
        until=until,
        now=now,
        wanted=wanted,
        standing=standing,
        made=tuple(dated for key, dated in wanted.items() if key not in standing),
        changed=tuple((standing[key], wanted[key]) for key in differing if key in wanted),
        gone=tuple(standing[key] for key in differing if key not in wanted),
        skipped=asked.skipped,
        holidays=asked.holidays,
    )


def weigh(found: Difference) -> Publication:
    """What becomes of what is booked. Under the locks of `found.days`, what it says stays true until the commit."""
    held = held_on(found.raster, found.clinician, found.days)
    own = list(blocks_of(found.clinician, found.wanted.values(), _numbers(found), found.days)) if held else []
    fitting, refused = judged(held, own, found.raster, found.clinician, found.policies, found.now)
    followed = tuple(each for each in fitting if each.moves_house)
    leaving = {each.appointment.pk for each in followed}
    staying = {each.session_id for each in held if each.pk not in leaving}
    closing_already = ClinicSession.Status.CLOSING
    closing = tuple(each for each in found.gone if each.pk in staying and each.status != closing_already)
    withdrawn = tuple(each for each in found.gone if each.pk not in staying)
    still_closing = len(found.gone) - len(closing) - len(withdrawn)
    touched = {session.pk for session, _ in found.changed} | {session.pk for session in (*closing, *withdrawn)}
    as_wanted = sum(key in found.wanted for key in found.standing) - len(found.changed)
    return Publication(
        first=found.first,
        until=found.until,
        made=found.made,
        changed=found.changed,
        withdrawn=withdrawn,
        closing=closing,
        unchanged=as_wanted + still_closing,
        skipped=found.skipped,
        holidays=found.holidays,
        misfits=tuple(worth_telling(refused, touched)),
        fitting=tuple(each.appointment.pk for each in fitting),
        followed=followed,
        wanted=found.wanted,
        standing=found.standing,
    )


def _numbers(found: Difference) -> dict[SessionKey, int]:
    numbers = {key: session.pk for key, session in found.standing.items()}
    made = {(dated.date, dated.half_day.value): session_number(n) for n, dated in enumerate(found.made)}
    return numbers | made


def _key(session: ClinicSession) -> SessionKey:
    return session.date, session.half_day


def _is_over(facts: Facts | None, now: datetime) -> bool:
    minute = to_minute(now)
    return facts is not None and all(ends <= minute for _, ends, *_ in facts)


def _differs(standing: ClinicSession, facts: Facts | None, wanted: DatedSession | None) -> bool:
    if wanted is None:
        return standing.status != ClinicSession.Status.CANCELLED
    return standing.status != ClinicSession.Status.PLANNED or facts != wanted.facts


def _facts(raster: Raster, first: date, until: date) -> Mapping[int, Facts]:
    """What the blocks of each session say, per id of a session; two selects, and no instances of many rows."""
    held = SessionBlock.objects.filter(session__raster=raster, session__date__range=(first, until)).order_by()
    allowed = SessionBlock.types.through.objects.filter(sessionblock__in=held)
    types: defaultdict[int, set[int]] = defaultdict(set)
    for block, kind in allowed.values_list("sessionblock_id", "appointmenttype_id"):
        types[block].add(kind)
    facts: defaultdict[int, set[BlockFacts]] = defaultdict(set)
    for pk, session, *said in held.values_list("pk", "session_id", *_SAID):
        facts[session].add((*said, frozenset(types.get(pk, ()))))
    return {session: frozenset(found) for session, found in facts.items()}
