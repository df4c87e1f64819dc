"""The clinics of a day for the screen: a lane per clinician, what each session is made of, and who is in it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from people.models import Clinician, Department
from praktijkplan.slots import BlockMode
from scheduling.models import AppointmentType, Raster, SessionBlock
from scheduling.queries.days import Clinic, clinics_on
from waitingroom.queries import DayRow, Delay, clinician_delays, day_rows

# What a lane's head counts, in the order in which it matters.
COUNTED = ("late", "waiting", "tech", "phone", "active", "planned", "done", "noshow")


@dataclass(frozen=True)
class Stretch:
    """A block of a session in words."""

    start: datetime
    end: datetime
    is_break: bool
    names: tuple[str, ...]
    fixed_minutes: int


@dataclass(frozen=True)
class Entry:
    """A line of the board: an appointment, or a break."""

    at: datetime
    row: DayRow | None = None
    pause: Stretch | None = None


@dataclass(frozen=True)
class Session:
    """`free`: how many consults of the shortest type still fit; None where no session holds the appointments.

    `half_day` is that of its raster, empty without one.
    """

    start: datetime | None
    end: datetime | None
    free: int | None
    raster: Raster | None
    stretches: tuple[Stretch, ...]
    workplaces: tuple[str, ...]
    entries: tuple[Entry, ...]
    half_day: str = ""


@dataclass(frozen=True)
class Lane:
    clinician: Clinician
    delay: Delay
    sessions: tuple[Session, ...]
    tally: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Day:
    lanes: tuple[Lane, ...]
    rows: tuple[DayRow, ...]

    @property
    def seen(self) -> list[tuple[int, int | None]]:
        return [(row.appointment.patient_id, row.appointment.pk) for row in self.rows]

    def count(self, status: str) -> int:
        return sum(row.status == status for row in self.rows)


def day_of(department: Department, day: date, *, now: datetime) -> Day:
    """A fixed number of queries, however many clinics and patients."""
    clinics = clinics_on(department, day, now=now)
    rows = day_rows(day=day, now=now, department=department)
    delays = clinician_delays(rows, now)
    by_session: defaultdict[int | None, list[DayRow]] = defaultdict(list)
    for row in rows:
        by_session[row.appointment.session_id].append(row)
    sessions: defaultdict[Clinician, list[Session]] = defaultdict(list)
    for clinic in clinics:
        sessions[clinic.session.clinician].append(_session(clinic, by_session.pop(clinic.session.pk, [])))
    # Booked in a session that was withdrawn since, or by a system without sessions: still to be held.
    for left in by_session.values():
        for clinician, own in _by_clinician(left).items():
            sessions[clinician].append(_without_clinic(own))
    return Day(tuple(_lanes(sessions, rows, delays)), tuple(rows))


def _lanes(
    sessions: dict[Clinician, list[Session]], rows: Sequence[DayRow], delays: dict[int, Delay]
) -> Iterator[Lane]:
    for clinician, held in sorted(sessions.items(), key=lambda pair: pair[0].name):
        found = Counter(row.status for row in rows if row.appointment.clinician_id == clinician.pk)
        yield Lane(
            clinician=clinician,
            delay=delays.get(clinician.pk, Delay(0)),
            sessions=tuple(held),
            tally=tuple((status, found[status]) for status in COUNTED if found[status]),
        )


def _session(clinic: Clinic, rows: Iterable[DayRow]) -> Session:
    stretches = tuple(_stretch(block) for block in clinic.blocks)
    entries = [Entry(row.appointment.start, row=row) for row in rows]
    entries += [Entry(stretch.start, pause=stretch) for stretch in stretches if stretch.is_break]
    return Session(
        start=clinic.start,
        end=clinic.end,
        free=clinic.free,
        raster=clinic.session.raster,
        stretches=stretches,
        workplaces=tuple(dict.fromkeys(block.workplace.name for block in clinic.blocks if block.workplace)),
        entries=tuple(sorted(entries, key=lambda entry: entry.at)),
        half_day=clinic.session.half_day,
    )


def _without_clinic(rows: Sequence[DayRow]) -> Session:
    return Session(None, None, None, None, (), (), tuple(Entry(row.appointment.start, row=row) for row in rows))


def _by_clinician(rows: Iterable[DayRow]) -> dict[Clinician, list[DayRow]]:
    found: defaultdict[Clinician, list[DayRow]] = defaultdict(list)
    for row in rows:
        found[row.appointment.clinician].append(row)
    return found


def _stretch(block: SessionBlock) -> Stretch:
    types: list[AppointmentType] = list(block.types.all())
    return Stretch(
        start=block.start,
        end=block.end,
        is_break=block.mode == BlockMode.BREAK,
        names=tuple(kind.name for kind in types),
        fixed_minutes=block.slot_minutes if block.mode == BlockMode.FIXED else 0,
    )
