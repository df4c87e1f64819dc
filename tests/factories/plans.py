"""What clinics are made of: types, workplaces, rasters, and dated sessions."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from people.models import Clinician, Department
from praktijkplan import starters
from praktijkplan.contact import ContactKind, Modality
from praktijkplan.localtime import half_day, to_instant
from praktijkplan.slots import BlockMode
from scheduling.actions.publishing import Published, Reason, needs_reason, publish_raster
from scheduling.actions.rasters import draft_raster
from scheduling.contents import draft_content
from scheduling.localtime import AMSTERDAM, local_day
from scheduling.models import (
    AppointmentType,
    ClinicSession,
    DepartmentPolicy,
    Raster,
    RasterBlock,
    SessionBlock,
    Workplace,
    WorkplaceKind,
)
from scheduling.queries.surroundings import findings_of
from tests.factories.moments import Day, clock, day
from tests.factories.staff import ClinicianFactory
from tests.factories.staff import department as default_department

MODALITY_NAMES = {"video": "beeldbellen", "phone": "bellen", "visit": "langskomen", "written": "schriftelijk"}
# Every duration that the example rasters know, in the forms they allow, and a visit beside them.
USUAL_TYPES = (
    (ContactKind.FOLLOW_UP.value, Modality.VIDEO.value, 10),
    (ContactKind.FOLLOW_UP.value, Modality.VIDEO.value, 15),
    (ContactKind.FOLLOW_UP.value, Modality.VIDEO.value, 20),
    (ContactKind.FOLLOW_UP.value, Modality.VIDEO.value, 30),
    (ContactKind.FOLLOW_UP.value, Modality.PHONE.value, 10),
    (ContactKind.FOLLOW_UP.value, Modality.VISIT.value, 20),
    (ContactKind.NEW.value, Modality.VISIT.value, 30),
)
STARTERS = {
    "PP-21": starters.fixed_hour,
    "PP-22": starters.video_block,
    "PP-23": starters.hybrid_afternoon,
}


class AppointmentTypeFactory(DjangoModelFactory):
    """`AppointmentTypeFactory(modality="phone", duration_minutes=10)`; one of each per department."""

    class Meta:
        model = AppointmentType
        django_get_or_create = ("department", "code")

    department = factory.LazyFunction(default_department)
    contact_kind = ContactKind.FOLLOW_UP.value
    modality = Modality.VIDEO.value
    duration_minutes = 20
    code = factory.LazyAttribute(lambda made: f"{_short(made)}-{made.modality}-{made.duration_minutes}")
    name = factory.LazyAttribute(
        lambda made: f"{_short(made).upper()} {MODALITY_NAMES[made.modality]} {made.duration_minutes} min"
    )


def _short(made: Any) -> str:
    return {"new": "np", "follow_up": "cp"}.get(made.contact_kind, made.contact_kind.replace("_", "-"))


def usual_types(department: Department | None = None) -> list[AppointmentType]:
    place = department or default_department()
    return [
        AppointmentTypeFactory(department=place, contact_kind=kind, modality=form, duration_minutes=length)
        for kind, form, length in USUAL_TYPES
    ]


class WorkplaceFactory(DjangoModelFactory):
    class Meta:
        model = Workplace

    department = factory.LazyFunction(default_department)
    name = factory.Sequence(lambda n: f"Cabine {n + 1}")
    kind = WorkplaceKind.CABIN.value


def policy(department: Department, valid_from: Day = "2020-01-01", **document: Any) -> DepartmentPolicy:
    """The agreements of a department, as far as they differ from the defaults: `policy(d, horizon_weeks=4)`."""
    return DepartmentPolicy.objects.create(department=department, valid_from=day(valid_from), document=document)


class RasterFactory(DjangoModelFactory):
    """Without blocks: add them with raster_block."""

    class Meta:
        model = Raster

    department = factory.LazyFunction(default_department)
    clinician = factory.LazyAttribute(lambda made: ClinicianFactory(departments=[made.department]))
    name = "Videospreekuur"
    valid_from = date(2026, 1, 5)


def raster_block(
    raster: Raster,
    weekday: int,
    start: time | str,
    end: time | str,
    mode: BlockMode | str = BlockMode.FLEXIBLE,
    *,
    types: Iterable[AppointmentType] | None = None,
    **fields: Any,
) -> RasterBlock:
    """All types of the department unless given; a break has none."""
    fields.setdefault("key", 1 + max(raster.blocks.values_list("key", flat=True), default=0))
    block = RasterBlock.objects.create(
        raster=raster, weekday=weekday, start=clock(start), end=clock(end), mode=BlockMode(mode).value, **fields
    )
    block.types.set(_allowed(raster.department, BlockMode(mode), types))
    return block


def starter_raster(
    rule: str,
    *,
    department: Department | None = None,
    clinician: Clinician | None = None,
    valid_from: Day = "2026-01-05",
    weekdays: Iterable[int] = starters.WORKDAYS,
) -> Raster:
    """One of the three example rasters of the plan: "PP-21", "PP-22" or "PP-23"; with the usual types."""
    place = department or default_department()
    usual_types(place)
    return draft_raster(
        department=place,
        clinician=clinician or ClinicianFactory(departments=[place]),
        name=f"Voorbeeld {rule}",
        plan=STARTERS[rule](day(valid_from), weekdays),
    )


def published(raster: Raster, *, now: datetime | None = None, until: Day | None = None) -> list[ClinicSession]:
    publish(raster, now=now, until=until)
    return list(raster.sessions.order_by("date", "half_day"))


def publish(raster: Raster, *, now: datetime | None = None, until: Day | None = None, **more: Any) -> Published:
    """With a reason for each warning of the rules; an error of the rules fails the test."""
    found = findings_of(raster, draft_content(raster), today=local_day(now or timezone.now()))
    done = publish_raster(
        raster=raster,
        by="user:1",
        now=now or timezone.now(),
        until=None if until is None else day(until),
        reasons=[Reason(each.id.value, each.weekday, "Afgesproken met de vakgroep") for each in needs_reason(found)],
        **more,
    )
    assert isinstance(done, Published), done
    return done


def session_with(
    clinician: Clinician,
    on: Day,
    start: time | str,
    end: time | str,
    mode: BlockMode | str = BlockMode.FLEXIBLE,
    types: Iterable[AppointmentType] | None = None,
    *,
    breaks: Sequence[tuple[str, str]] = (),
    department: Department | None = None,
    workplace: Workplace | None = None,
    slot_minutes: int = 0,
    start_up_minutes: int = 0,
) -> ClinicSession:
    """A session by hand: one block, cut by its breaks. All types of the department unless given.

    An end that is not after its start is on the next day.
    """
    place = department or clinician.departments.first()
    session = ClinicSession.objects.create(
        department=place, clinician=clinician, date=day(on), half_day=half_day(clock(start)).value
    )
    common = {"workplace": workplace, "slot_minutes": slot_minutes}
    begins, edge = clock(start), start_up_minutes
    for pause_begins, pause_ends in sorted((clock(a), clock(b)) for a, b in breaks):
        _block(session, begins, pause_begins, BlockMode(mode), types, start_up_minutes=edge, **common)
        _block(session, pause_begins, pause_ends, BlockMode.BREAK, ())
        begins, edge = pause_ends, 0
    _block(session, begins, clock(end), BlockMode(mode), types, start_up_minutes=edge, **common)
    return session


def _block(
    session: ClinicSession,
    start: time,
    end: time,
    mode: BlockMode,
    types: Iterable[AppointmentType] | None,
    **fields: Any,
) -> None:
    block = SessionBlock.objects.create(
        session=session,
        department_id=session.department_id,
        clinician_id=session.clinician_id,
        starts=to_instant(session.date, start, AMSTERDAM),
        ends=to_instant(session.date + timedelta(days=end <= start), end, AMSTERDAM),
        mode=mode.value,
        **fields,
    )
    block.types.set(_allowed(session.department, mode, types))


def _allowed(
    department: Department, mode: BlockMode, types: Iterable[AppointmentType] | None
) -> list[AppointmentType]:
    if mode is BlockMode.BREAK:
        return []
    return list(AppointmentType.objects.filter(department=department) if types is None else types)
