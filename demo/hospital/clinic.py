"""The clinic in progress: whatever day or hour it is, three clinicians are at work around this moment.

The first has people waiting and is free to let them in: that is the one to step into. The second runs late, with a
patient in the room. The third is on time. Everything happens through the real actions, each at its own moment.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.db.models import QuerySet

from demo.hospital.acting import begin_consult, hold, patient_side, wait_since
from demo.hospital.agenda import fill_window
from demo.hospital.letters import make_sure_of_a_mail, remember_sent
from demo.hospital.patients import SEED
from demo.hospital.sessions import hold_clinic
from demo.hospital.staff import DOMAIN
from notifications.models import BrokenAddress, Channel
from people.models import Clinician
from praktijkplan.intervals import Span
from scheduling.localtime import AMSTERDAM
from scheduling.models import Appointment, AppointmentStatus, Participant
from scheduling.models.minutes import from_minute, to_minute
from waitingroom.actions.presence import beat, expire_presences
from waitingroom.models import Presence
from waitingroom.visits import opens_at

# Long enough behind us for consults that are done, and ahead for reminders that fall due in some minutes.
BEHIND, AHEAD = 75, 165
QUARTER = 15
STEP_IN, LATE, ON_TIME = CAST = tuple(f"{key}@{DOMAIN}" for key in ("m.vanderveen", "a.yildiz", "jw.degraaf"))
MINUTE = timedelta(minutes=1)
VISITOR_COMES_IN = 12 * MINUTE
# The waiting room opens half an hour before, and some come at once.
EARLY = 27 * MINUTE


@dataclass(frozen=True)
class Visitor:
    """A patient whom nobody plays: whoever looks at the demo can be this one."""

    name: str
    email: str
    birth_date: str
    at: str
    clinician: str


def open_clinic(*, now: datetime, left_alone: Collection[int] = ()) -> Visitor | None:
    """Makes sure that a clinic is in progress; doing it again adds only what is missing.

    `left_alone`: clinicians whom a person plays; their patients are booked, and what they do is theirs.
    """
    expire_presences(now=now)
    dice = Random(SEED + to_minute(now))
    window = window_around(now)
    cast = [Clinician.objects.get(user__email=email) for email in CAST]
    for clinician in cast:
        with transaction.atomic():
            hold_clinic(clinician, clinician.departments.get(), window)
            fill_window(clinician, window, now=now, dice=dice)
    remember_sent(now=now, appointments=_booked(cast, window))
    visit = _visit_to_come(cast, now)
    for clinician, play in zip(cast, (_play_free, _play_late, _play_on_time), strict=True):
        if clinician.pk in left_alone:
            continue
        with transaction.atomic():
            rows = _untouched(clinician, window)
            play(clinician, [row for row in rows if row != visit], now, dice)
    for presence in _here(cast, window):
        beat(participant=presence.participant, now=now)
    if visit is None:
        return None
    make_sure_of_a_mail(visit, now=now)
    return _visitor(visit)


def window_around(now: datetime) -> Span:
    first = (to_minute(now) - BEHIND) // QUARTER * QUARTER
    return first, first + -(-(BEHIND + AHEAD) // QUARTER) * QUARTER


def is_in_progress(now: datetime) -> bool:
    """Whether the one to step into has patients around this moment."""
    near = Appointment.objects.filter(
        clinician__user__email=STEP_IN,
        status=AppointmentStatus.BOOKED,
        modality="video",
        start__gt=now - 10 * MINUTE,
        start__lt=now + 40 * MINUTE,
    )
    return near.count() > 1


def _booked(cast: Sequence[Clinician], window: Span) -> QuerySet[Appointment]:
    return Appointment.objects.filter(
        clinician__in=cast,
        status=AppointmentStatus.BOOKED,
        start__gte=from_minute(window[0]),
        start__lt=from_minute(window[1]),
    )


def _untouched(clinician: Clinician, window: Span) -> QuerySet[Appointment]:
    """Of which nothing has happened yet: what a person did in the demo stays as it is."""
    return (
        _booked([clinician], window)
        .exclude(participants__presence__isnull=False)
        .select_related("clinician")
        .order_by("start")
    )


# --- The three clinicians -----------------------------------------------------------------------------------------
def _play_free(clinician: Clinician, rows: Sequence[Appointment], now: datetime, dice: Random) -> None:
    """Nearly everything before is done; two patients are there, mostly one whose time has come and one early."""
    started = _by_video(row for row in rows if now - 20 * MINUTE <= row.start <= now)[-1:]
    early = _by_video(row for row in rows if now < row.start < now + EARLY)
    waiting = [*started, *early][:2]
    for row in rows:
        if row.end <= now and row not in waiting:
            hold(row, dice, until=now)
    for row in waiting:
        wait_since(row, row.start - 6 * MINUTE, now=now - MINUTE)


def _play_late(clinician: Clinician, rows: Sequence[Appointment], now: datetime, dice: Random) -> None:
    """The one inside came in late, and the next have waited since their own time."""
    began = now - 8 * MINUTE
    inside = next(reversed(_by_video(row for row in rows if row.start <= began - 8 * MINUTE)), None)
    for row in rows:
        if row.end <= now and (inside is None or row.start < inside.start):
            hold(row, dice, until=began - MINUTE)
    if inside is not None and not _in_consult(clinician):
        wait_since(inside, inside.start - 5 * MINUTE, now=began)
        begin_consult(inside, began)
    for row in _by_video(row for row in rows if row.start < now + 15 * MINUTE):
        if inside is None or row.start > inside.start:
            wait_since(row, row.start - 7 * MINUTE, now=now - MINUTE)


def _play_on_time(clinician: Clinician, rows: Sequence[Appointment], now: datetime, dice: Random) -> None:
    started = _by_video(row for row in rows if row.start < now)
    inside = started[-1] if started else None
    for row in rows:
        if row.end <= now and row != inside:
            hold(row, dice, until=inside.start if inside else now)
    if inside is not None and not _in_consult(clinician):
        wait_since(inside, inside.start - 8 * MINUTE, now=inside.start)
        begin_consult(inside, min(inside.start + MINUTE, now))
    for row in _by_video(row for row in rows if now <= row.start < now + EARLY)[:1]:
        wait_since(row, row.start - 9 * MINUTE, now=now - MINUTE)


def _by_video(rows: Iterable[Appointment]) -> list[Appointment]:
    return [row for row in rows if row.modality == "video"]


def _here(cast: Sequence[Clinician], window: Span) -> QuerySet[Presence]:
    return (
        Presence.objects.here()
        .filter(
            participant__appointment__clinician__in=cast,
            participant__appointment__status=AppointmentStatus.BOOKED,
            participant__appointment__start__gte=from_minute(window[0]),
        )
        .select_related("participant")
    )


def _in_consult(clinician: Clinician) -> bool:
    return Presence.objects.filter(
        place=Presence.Place.ADMITTED,
        participant__appointment__clinician=clinician,
        participant__appointment__status=AppointmentStatus.BOOKED,
    ).exists()


# --- Who looks at the demo ------------------------------------------------------------------------------------------
def _visit_to_come(cast: Sequence[Clinician], now: datetime) -> Appointment | None:
    """By video, soon, with the waiting room open, for a patient who has mail; of the first clinician if possible."""
    for clinician in cast:
        soon = Appointment.objects.filter(
            clinician=clinician,
            status=AppointmentStatus.BOOKED,
            modality="video",
            start__gt=now - 5 * MINUTE,
            start__lt=now + 30 * MINUTE,
        ).exclude(participants__presence__isnull=False)
        open_with_mail = [
            row
            for row in soon.select_related("clinician", "patient").order_by("start")
            if opens_at(row) <= now and _addressed(row) is not None
        ]
        if open_with_mail:
            return min(open_with_mail, key=lambda row: abs(row.start - now - VISITOR_COMES_IN))
    return None


def _addressed(visit: Appointment) -> Participant | None:
    """Whom a mail reaches: of some, one came back."""
    broken = set(BrokenAddress.objects.filter(channel=Channel.EMAIL).values_list("address", flat=True))
    having_mail = (participant for participant in patient_side(visit) if participant.email)
    return next((participant for participant in having_mail if participant.email.lower() not in broken), None)


def _visitor(visit: Appointment) -> Visitor | None:
    addressed = _addressed(visit)
    if addressed is None:
        return None
    return Visitor(
        name=addressed.display_name,
        email=addressed.email,
        birth_date=f"{visit.patient.birth_date:%d-%m-%Y}",
        at=f"{visit.start.astimezone(AMSTERDAM):%H.%M}",
        clinician=visit.clinician.name,
    )
