"""Publishing: from a raster to dated sessions, and what is booked there looked after (PP-30)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from events.catalogue import RasterPublished
from events.log import record
from praktijkplan.blocks import Finding, Severity
from praktijkplan.rasters import SkippedBlock
from scheduling.actions.misfits import note_misfits
from scheduling.contents import RasterContent, draft_content, version_content, write_content
from scheduling.localtime import local_day
from scheduling.locks import DayLock, planning, take
from scheduling.models import (
    Appointment,
    ClinicSession,
    Misfit,
    Raster,
    RasterPhase,
    RasterVersion,
    Resource,
    SessionBlock,
)
from scheduling.queries.dated import DatedSession
from scheduling.queries.fitting import session_number
from scheduling.queries.rasters import Publication, clinician_of, compare, published_through, weigh
from scheduling.queries.surroundings import findings_of

# Rasters of one clinician are published one by one: a lock on a day on which nothing is ever booked.
_EVERY_DAY = date.min


@dataclass(frozen=True)
class Published:
    version: int
    made: int
    changed: int
    withdrawn: int
    closing: tuple[ClinicSession, ...]
    skipped: tuple[SkippedBlock, ...]
    misfits: tuple[Misfit, ...]
    followed: int = 0  # appointments that another session holds from now on

    @property
    def sessions_changed(self) -> int:
        return self.changed + self.withdrawn + len(self.closing)

    @property
    def is_nothing(self) -> bool:
        return not (self.made or self.sessions_changed or self.misfits or self.followed)


@dataclass(frozen=True)
class Refused:
    """The block rules stand in the way; nothing was written. Errors must go, warnings need a reason."""

    findings: tuple[Finding, ...]


class DraftChanged(Exception):
    """Somebody changed the draft after it was looked at; nothing was written."""


@dataclass(frozen=True)
class Reason:
    """Why a warning was passed by: which finding, on what weekday, and what was written."""

    finding: str
    weekday: int | None
    text: str


def publish_raster(
    *,
    raster: Raster,
    by: str,
    now: datetime,
    until: date | None = None,
    phase: RasterPhase = RasterPhase.TRIAL,
    reasons: Sequence[Reason] = (),
    expected_revision: int | None = None,
) -> Published | Refused:
    """Make or change the dated sessions from today through the booking horizon, from the draft as it stands.

    `reasons` belong to the warnings of the rules. `expected_revision` is the draft that was looked at. `phase` is
    TRIAL or FINAL. Nothing booked is ever dropped: what no longer fits becomes a Misfit. Raises NoClinician,
    DraftChanged, and scheduling.locks.Busy.
    """
    if phase == RasterPhase.DRAFT:
        raise ValueError("what is published is on trial or final")
    with publishing(raster) as current:
        if expected_revision is not None and current.revision != expected_revision:
            raise DraftChanged
        content = draft_content(current)
        standing_in_the_way = _unanswered(findings_of(current, content, today=local_day(now)), reasons)
        if standing_in_the_way:
            return Refused(standing_in_the_way)
        _keep_version(current, content, by=by, now=now, phase=phase, reasons=reasons)
        today = local_day(now)
        done = _publish(current, content, first=today, until=published_through(current, today, until), by=by, now=now)
        _tell(current, done, by=by, now=now)
        return done


def extend_raster(*, raster: Raster, by: str, now: datetime, until: date | None = None) -> Published | None:
    """The sessions up to today's booking horizon, from what was published last; None for what never was.

    The draft that clerks work on meanwhile does not count. Raises scheduling.locks.Busy.
    """
    today = local_day(now)
    with publishing(raster) as current:
        return _publish_again(current, first=today, until=published_through(current, today, until), by=by, now=now)


def publish_day(raster: Raster, day: date, *, by: str, now: datetime) -> Published | None:
    """One day anew from what was published last, within `publishing`; None where publication has not come yet."""
    if raster.published_until is None or not local_day(now) <= day <= raster.published_until:
        return None
    return _publish_again(raster, first=day, until=day, by=by, now=now)


@contextmanager
def publishing(raster: Raster) -> Iterator[Raster]:
    """A transaction in which nobody else changes this draft, or publishes a raster of its clinician.

    Raises NoClinician and scheduling.locks.Busy.
    """
    with planning([DayLock(Resource.CLINICIAN, clinician_of(raster), _EVERY_DAY)]):
        yield Raster.objects.select_for_update(of=("self",)).get(pk=raster.pk)


def needs_reason(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.WARNING]


def _unanswered(findings: Iterable[Finding], reasons: Iterable[Reason]) -> tuple[Finding, ...]:
    answered = {(reason.finding, reason.weekday) for reason in reasons if reason.text.strip()}
    return tuple(
        finding
        for finding in findings
        if finding.severity is Severity.ERROR
        or (finding.severity is Severity.WARNING and (finding.id.value, finding.weekday) not in answered)
    )


def _keep_version(
    raster: Raster, content: RasterContent, *, by: str, now: datetime, phase: RasterPhase, reasons: Sequence[Reason]
) -> None:
    """A version of its own for content of its own; the same once more keeps its number, and a final one its phase."""
    written = write_content(content)
    given = [{"finding": r.finding, "weekday": r.weekday, "text": r.text.strip()} for r in reasons if r.text.strip()]
    version = raster.versions.filter(number=raster.version).first()
    if version is None or version.content != written:
        version = RasterVersion(
            raster=raster,
            number=raster.version + 1,
            content=written,
            phase=RasterPhase.TRIAL,
            published_by=by,
            published_at=now,
        )
    version.reasons = [*version.reasons, *(reason for reason in given if reason not in version.reasons)]
    if phase == RasterPhase.FINAL and version.phase != RasterPhase.FINAL:
        version.phase, version.approved_by, version.approved_at = RasterPhase.FINAL, by, now
    # What others keep beside a version, such as a prediction, is theirs.
    version.save(update_fields=["reasons", "phase", "approved_by", "approved_at"] if version.pk else None)
    raster.version, raster.phase = version.number, RasterPhase(version.phase)


def _publish_again(raster: Raster, *, first: date, until: date, by: str, now: datetime) -> Published | None:
    version = raster.versions.filter(number=raster.version).select_related("raster").first()
    if version is None:
        return None
    done = _publish(raster, version_content(version), first=first, until=until, by=by, now=now)
    if not done.is_nothing:
        _tell(raster, done, by=by, now=now)
    return done


def _publish(
    raster: Raster, content: RasterContent, *, first: date, until: date, by: str, now: datetime
) -> Published:
    found = compare(raster, content, first=first, until=until, now=now)
    # Whoever books into a day that changes goes first or waits; what is booked is read only then.
    take(DayLock(Resource.CLINICIAN, found.clinician, day) for day in found.days)
    plan = weigh(found)
    _write(raster, plan)
    misfits = note_misfits(plan.misfits, fitting=plan.fitting, raster=raster, by=by, now=now)
    raster.published_at = now
    raster.published_until = max(until, raster.published_until or until)
    raster.save(update_fields=["version", "phase", "published_at", "published_until"])
    return Published(
        version=raster.version,
        made=len(plan.made),
        changed=len(plan.changed),
        withdrawn=len(plan.withdrawn),
        closing=plan.closing,
        skipped=plan.skipped,
        misfits=misfits,
        followed=len(plan.followed),
    )


def _tell(raster: Raster, done: Published, *, by: str, now: datetime) -> None:
    record(
        RasterPublished(
            raster=raster.pk,
            department=raster.department_id,
            version=raster.version,
            sessions_made=done.made,
            sessions_changed=done.sessions_changed,
            misfits=len(done.misfits),
        ),
        at=now,
        actor=by,
    )


def _write(raster: Raster, plan: Publication) -> None:
    fresh = ClinicSession.objects.bulk_create(_session(raster, dated) for dated in plan.made)
    changed = [session.pk for session, _ in plan.changed]
    SessionBlock.objects.filter(session__in=changed).delete()
    _set_status(changed, ClinicSession.Status.PLANNED, raster.version)
    _set_status([session.pk for session in plan.withdrawn], ClinicSession.Status.CANCELLED, raster.version)
    _set_status([session.pk for session in plan.closing], ClinicSession.Status.CLOSING, raster.version)
    _make_blocks([*zip(fresh, plan.made, strict=True), *plan.changed])
    _follow(plan, fresh)


def _set_status(sessions: Sequence[int], status: ClinicSession.Status, version: int) -> None:
    if sessions:
        ClinicSession.objects.filter(pk__in=sessions).update(status=status, raster_version=version)


def _follow(plan: Publication, fresh: Sequence[ClinicSession]) -> None:
    """What is held by another session now belongs to it: such as when one raster follows another."""
    made = {session_number(n): session.pk for n, session in enumerate(fresh)}
    houses: defaultdict[int, list[int]] = defaultdict(list)
    for each in plan.followed:
        houses[made.get(each.session, each.session)].append(each.appointment.pk)
    for session, appointments in houses.items():
        Appointment.objects.filter(pk__in=appointments).update(session=session)


def _session(raster: Raster, dated: DatedSession) -> ClinicSession:
    return ClinicSession(
        department_id=raster.department_id,
        clinician_id=clinician_of(raster),
        raster=raster,
        raster_version=raster.version,
        date=dated.date,
        half_day=dated.half_day.value,
    )


def _make_blocks(dated: Sequence[tuple[ClinicSession, DatedSession]]) -> None:
    rows: list[SessionBlock] = []
    types: list[frozenset[int]] = []
    for session, wanted in dated:
        for block in wanted.planned.blocks:
            starts, ends, mode, slot_minutes, start_up_minutes, workplace, released, allowed = wanted.facts_of(block)
            rows.append(
                SessionBlock(
                    session=session,
                    department_id=session.department_id,
                    clinician_id=session.clinician_id,
                    starts=starts,
                    ends=ends,
                    mode=mode,
                    slot_minutes=slot_minutes,
                    start_up_minutes=start_up_minutes,
                    workplace_id=workplace,
                    released=released,
                )
            )
            types.append(allowed)
    made = SessionBlock.objects.bulk_create(rows)
    through = SessionBlock.types.through
    through.objects.bulk_create(
        through(sessionblock_id=block.pk, appointmenttype_id=kind)
        for block, allowed in zip(made, types, strict=True)
        for kind in allowed
    )
