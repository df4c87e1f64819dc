"""What is booked on days that a raster changes: what still fits, and where, and what no longer does."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from praktijkplan.contact import Modality
from praktijkplan.placing import Placement, Refusal, Request, Snapshot, place
from praktijkplan.slots import Block, BlockMode
from scheduling.localtime import AMSTERDAM, day_span, local_day
from scheduling.models import Appointment, AppointmentStatus, ClinicSession, Misfit, Raster, SessionBlock
from scheduling.models.minutes import from_minute, to_minute
from scheduling.queries.dated import DatedSession
from scheduling.queries.policy import Policies
from scheduling.queries.snapshots import block_of


@dataclass(frozen=True)
class NoLongerFits:
    """A booked appointment that the raster has no room for, and what the rules say against it."""

    appointment: Appointment
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Fits:
    """`session` holds it: an id, or below zero a session that is still to be made (see `session_number`)."""

    appointment: Appointment
    session: int

    @property
    def moves_house(self) -> bool:
        return self.appointment.session_id != self.session


def session_number(made: int) -> int:
    """What stands for the session that will be made as number `made`, until it has an id."""
    return -made - 1


def held_on(raster: Raster, clinician: int, days: Iterable[date]) -> list[Appointment]:
    """Everything of the clinician on these days in the raster's department that was not cancelled; one select."""
    on = set(days)
    if not on:
        return []
    low, high = day_span(min(on), max(on))
    rows = (
        Appointment.objects.filter(
            clinician=clinician,
            department=raster.department_id,
            session__isnull=False,
            start__gte=from_minute(low),
            start__lt=from_minute(high),
        )
        .exclude(status=AppointmentStatus.CANCELLED)
        .select_related("type", "patient", "clinician", "session")
        .order_by("start", "pk")
    )
    return [each for each in rows if local_day(each.start) in on]


def judged(
    held: Sequence[Appointment],
    own: Sequence[Block],
    raster: Raster,
    clinician: int,
    policies: Policies,
    now: datetime | None,
) -> tuple[list[Fits], list[NoLongerFits]]:
    """Of what is booked and not over: what fits in the raster's `own` blocks or beside them, and what does not."""
    booked = [each for each in held if each.status == AppointmentStatus.BOOKED and (now is None or each.end > now)]
    if not booked:
        return [], []
    blocks = [*own, *_other_blocks(raster, clinician, {local_day(each.start) for each in booked})]
    fitting, refused = [], []
    for appointment in booked:
        found = _place(appointment, blocks, policies)
        if isinstance(found, Placement):
            fitting.append(Fits(appointment, found.session))
        else:
            refused.append(NoLongerFits(appointment, found))
    return fitting, refused


def worth_telling(refused: Sequence[NoLongerFits], touched: Iterable[int]) -> list[NoLongerFits]:
    """Without what stands in the worklist because of another change, and what was left as it is with a reason.

    `touched` are the sessions that this publication changes. What was left comes back when something new is said
    against it. One select.
    """
    if not refused:
        return []
    of_rasters = Misfit.objects.filter(absence__isnull=True)
    rows = of_rasters.filter(appointment__in=[each.appointment.pk for each in refused]).order_by("found_at", "pk")
    last = {row.appointment_id: row for row in rows}
    sessions = set(touched)
    return [each for each in refused if _is_news(each, last.get(each.appointment.pk), sessions)]


def _is_news(found: NoLongerFits, last: Misfit | None, touched: set[int]) -> bool:
    if last is None:
        return True
    if last.ended_at is None:
        return found.appointment.session_id in touched
    said = {refusal["id"] for refusal in last.refusals}
    return last.end != Misfit.End.LEFT or not {refusal.id.value for refusal in found.refusals} <= said


def _place(appointment: Appointment, blocks: Sequence[Block], policies: Policies) -> Placement | tuple[Refusal, ...]:
    """Where it fits, in the session it is in before any other; or what the blocks say against it."""
    start = to_minute(appointment.start)
    request = Request(
        clinician=appointment.clinician_id,
        start=start,
        duration=to_minute(appointment.end) - start,
        type_id=appointment.type_id,
        modality=Modality(appointment.modality),
    )
    policy = policies.on(local_day(appointment.start))
    at_home = [each for each in blocks if each.session == appointment.session_id or each.mode is BlockMode.BREAK]
    for held_in in (at_home, blocks):
        snapshot = Snapshot(blocks=held_in, busy=(), absences=(), patient_busy=(), now=start, tz=AMSTERDAM)
        found = place(snapshot, request, policy)
        if isinstance(found, Placement):
            break
    return found


def blocks_of(
    clinician: int, wanted: Iterable[DatedSession], ids: Mapping[tuple[date, str], int], days: Collection[date]
) -> Iterator[Block]:
    """A raster's blocks of these days as they would become. No hold for urgent consults counts: it is booked."""
    for dated in wanted:
        if dated.date not in days:
            continue
        for block in dated.planned.blocks:
            plan = block.plan
            yield Block(
                clinician=clinician,
                session=ids[dated.date, dated.half_day.value],
                block=plan.key,
                starts=block.starts,
                ends=block.ends,
                mode=plan.mode,
                slot_minutes=plan.slot_minutes,
                start_up_minutes=plan.start_up_minutes,
                types=dated.types[plan.key],
            )


def _other_blocks(raster: Raster, clinician: int, days: set[date]) -> Iterator[Block]:
    """Of the clinician's other sessions on these days in the same department; two selects."""
    window = day_span(min(days), max(days))
    rows = SessionBlock.objects.filter(
        clinician_id=clinician,
        department_id=raster.department_id,
        session__status=ClinicSession.Status.PLANNED,
        starts__gte=window[0],
        starts__lt=window[1],
    ).exclude(session__raster=raster)
    for row in rows.prefetch_related("types"):
        types = frozenset(kind.pk for kind in row.types.all())
        yield block_of(row)._replace(block=-row.pk, types=types, released=0)
