"""Books a clinician's free time inside a window nearly full, in whatever sessions there are."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from people.models import Clinician, Patient, User
from praktijkplan.intervals import Span, merge, subtract
from praktijkplan.slots import BlockMode
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import Plan
from scheduling.localtime import day_span, local_day
from scheduling.models import Appointment, AppointmentType, ClinicSession, Occupancy, Resource, SessionBlock
from scheduling.models.minutes import from_minute

GRID = 5
# Somebody must be able to book one more.
FILLING = 0.93
VIDEO_FIRST = {"video": 6, "phone": 1, "visit": 1, "written": 0}
LATELY = timedelta(minutes=70)


def fill_window(clinician: Clinician, window: Span, *, now: datetime, dice: Random) -> None:
    queue = _patients(clinician, window, dice)
    clerks = dict(User.objects.filter(memberships__role="planner").values_list("memberships__department_id", "pk"))
    busy = merge(_busy(clinician, window))
    for block in _blocks(clinician, window):
        for start, kind in _starts(block, window, busy, dice):
            patient = next(queue, None)
            if patient is None:
                return
            at = from_minute(start)
            book_appointment(
                patient=patient,
                plan=Plan(at, clinician, kind),
                by=f"user:{clerks[block.department_id]}",
                now=_booked_at(at, now, dice),
            )


def _busy(clinician: Clinician, window: Span) -> list[Span]:
    taken = Occupancy.objects.filter(
        active=True, resource=Resource.CLINICIAN, resource_id=clinician.pk, starts__lt=window[1], ends__gt=window[0]
    )
    return list(taken.values_list("starts", "ends"))


def _blocks(clinician: Clinician, window: Span) -> list[SessionBlock]:
    return list(
        SessionBlock.objects.filter(
            clinician_id=clinician.pk,
            starts__lt=window[1],
            ends__gt=window[0],
            session__status=ClinicSession.Status.PLANNED,
        )
        .exclude(mode=BlockMode.BREAK)
        .prefetch_related("types")
        .order_by("starts")
    )


def _patients(clinician: Clinician, window: Span, dice: Random) -> Iterator[Patient]:
    """Grown-ups with mail who have nothing else on these days, each once."""
    first, last = local_day(from_minute(window[0])), local_day(from_minute(window[1]))
    days = [from_minute(minute) for minute in day_span(first, last)]
    elsewhere = Appointment.objects.filter(start__gte=days[0], start__lt=days[1]).values("patient_id")
    found = list(
        Patient.objects.filter(departments__clinicians=clinician)
        .exclude(pk__in=elsewhere)
        .exclude(email="")
        .distinct()
        .order_by("pk")
    )
    dice.shuffle(found)
    return iter(found)


def _starts(
    block: SessionBlock, window: Span, busy: Sequence[Span], dice: Random
) -> Iterator[tuple[int, AppointmentType]]:
    step = block.slot_minutes or GRID
    opens = block.starts + block.start_up_minutes
    types = list(block.types.all())
    weights = [VIDEO_FIRST[kind.modality] for kind in types]
    if not any(weights):
        return
    for start, end in subtract((opens, min(block.ends, window[1])), busy):
        at = opens + -(-(max(start, window[0]) - opens) // step) * step
        while at < end:
            fitting = [
                (kind, weight)
                for kind, weight in zip(types, weights, strict=True)
                if weight and at + kind.duration_minutes <= end
            ]
            if not fitting:
                break
            kind = dice.choices([kind for kind, _ in fitting], [weight for _, weight in fitting])[0]
            if dice.random() < FILLING:
                yield at, kind
            at += -(-kind.duration_minutes // step) * step


def _booked_at(start: datetime, now: datetime, dice: Random) -> datetime:
    """Days ago; but those at the end have just been made, so that their confirmations are about to leave."""
    if start > now + LATELY and dice.random() < 0.3:
        return now - timedelta(seconds=dice.randint(0, 90))
    return start - timedelta(days=dice.randint(2, 9), minutes=dice.randint(0, 90))
