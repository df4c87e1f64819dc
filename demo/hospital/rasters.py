"""Which clinician holds which clinic when: the plan's three examples (PP-21, 22, 23), and mixed ones.

A block is written as one says it: "08.30-10.15 hybrid visit phone", "10.15-10.30 break",
"13.00-14.00 flexible video 10 20", "13.00-14.00 fixed 15 video", "… start-up 5".
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time

from demo.hospital.staff import CAR, GYN, INT, KIN, LON, MDL, NEU, PSY
from praktijkplan.contact import Modality
from praktijkplan.rasters import BlockPlan, RasterPlan, WeekPattern
from praktijkplan.slots import BlockMode
from praktijkplan.starters import fixed_hour, hybrid_afternoon, video_block

MON, TUE, WED, THU, FRI = range(5)
STARTERS = {"fixed hour": fixed_hour, "video block": video_block, "hybrid afternoon": hybrid_afternoon}
FORMS = {form.value: form for form in Modality}


@dataclass(frozen=True)
class RasterRow:
    clinician: str
    department: str
    name: str
    weekdays: tuple[int, ...]
    workplace: str
    # The name of one of the plan's examples, or the blocks of a day.
    day: str | tuple[str, ...]
    weeks: WeekPattern = WeekPattern.EVERY


# Everything in one room, as the clinic chooses: what most clinics look like.
ANY_MORNING = (
    "08.30-10.15 hybrid visit video phone",
    "10.15-10.30 break",
    "10.30-12.00 hybrid visit video phone",
)
VISITS_THEN_VIDEO = (
    "08.30-10.00 flexible visit",
    "10.00-10.15 break",
    "10.15-11.15 flexible video 10 15 20",
    "11.15-11.30 break",
    "11.30-12.15 hybrid video phone",
)
VISIT_AFTERNOON = ("13.00-14.45 flexible visit", "14.45-15.00 break", "15.00-16.30 hybrid visit phone")
CALLS_LAST = ("13.15-15.00 flexible visit", "15.00-15.15 break", "15.15-16.30 hybrid phone video")
# Three quarters of an hour, and a quarter to breathe (PP-25).
PSYCHOLOGY = (
    "09.00-09.45 flexible video 45",
    "09.45-10.00 break",
    "10.00-10.45 flexible video 45",
    "10.45-11.00 break",
    "11.00-11.45 flexible video 45",
)
PSYCHOLOGY_VISITS = ("13.00-13.45 hybrid visit phone", "13.45-14.00 break", "14.00-15.30 hybrid visit phone")
CARDIOLOGY = (
    "08.45-10.25 flexible video 10 20 start-up 5",
    "10.25-10.40 break",
    "10.40-12.00 flexible video 10 20",
)

EVEN, ODD = WeekPattern.EVEN, WeekPattern.ODD
RASTERS = (
    RasterRow("m.vanderveen", INT, "Beeldbelblok ochtend", (MON, WED), "int-c", "video block"),
    RasterRow("m.vanderveen", INT, "Spreekuur ochtend", (TUE, THU), "int-1", ANY_MORNING),
    RasterRow("m.vanderveen", INT, "Hybride middag", (MON,), "int-1", "hybrid afternoon"),
    RasterRow("a.yildiz", INT, "Vast beeldbeluur", (MON, WED, FRI), "int-c", "fixed hour"),
    RasterRow("a.yildiz", INT, "Diabetesspreekuur, even weken", (MON,), "int-2", ANY_MORNING, EVEN),
    RasterRow("a.yildiz", INT, "Diabetesspreekuur, oneven weken", (TUE,), "int-2", ANY_MORNING, ODD),
    RasterRow("s.oosterhuis", GYN, "Beeldbelblok ochtend", (WED, FRI), "gyn-c", "video block"),
    RasterRow("s.oosterhuis", GYN, "Spreekuur", (MON,), "gyn-1", VISITS_THEN_VIDEO),
    RasterRow("f.elamrani", GYN, "Vast beeldbeluur", (MON, WED, FRI), "gyn-c", "fixed hour"),
    RasterRow("f.elamrani", GYN, "Spreekuur", (THU,), "gyn-2", CALLS_LAST),
    RasterRow("jw.degraaf", NEU, "Hybride middag", (THU,), "neu-1", "hybrid afternoon"),
    RasterRow("jw.degraaf", NEU, "Spreekuur ochtend", (MON, WED), "neu-1", ANY_MORNING),
    RasterRow("jw.degraaf", NEU, "Telefoonronde", (FRI,), "neu-m", ("09.00-10.00 hybrid phone video",)),
    RasterRow("r.hoekstra", LON, "Beeldbelblok ochtend", (MON, TUE, FRI), "lon-c", "video block"),
    RasterRow("r.hoekstra", LON, "Polispreekuur", (MON, THU), "lon-1", VISIT_AFTERNOON),
    RasterRow("r.hoekstra", LON, "Hybride middag", (TUE,), "lon-1", "hybrid afternoon"),
    RasterRow("r.hoekstra", LON, "Spreekuur ochtend", (WED,), "lon-1", ANY_MORNING),
    RasterRow("i.thooft", LON, "Benauwdheidsspreekuur thuis", (FRI,), "lon-t", "video block"),
    RasterRow("i.thooft", LON, "Spreekuur", (THU,), "lon-1", VISITS_THEN_VIDEO),
    RasterRow("i.thooft", CAR, "Hartfalenspreekuur", (WED,), "car-c", CALLS_LAST),
    RasterRow("k.bouazza", KIN, "Beeldbelblok ochtend", (THU,), "kin-c", "video block"),
    RasterRow("k.bouazza", KIN, "Spreekuur", (TUE,), "kin-1", VISITS_THEN_VIDEO),
    RasterRow("k.bouazza", KIN, "Hybride middag", (WED,), "kin-1", "hybrid afternoon"),
    RasterRow("p.zijlstra", KIN, "Spreekuur ochtend", (WED, FRI), "kin-2", ANY_MORNING),
    RasterRow("p.zijlstra", MDL, "Hybride middag", (TUE,), "mdl-2", "hybrid afternoon"),
    RasterRow("l.fernandez", MDL, "Beeldbelblok thuis", (MON, THU), "mdl-t", "video block"),
    RasterRow("l.fernandez", MDL, "Spreekuur", (TUE,), "mdl-1", VISITS_THEN_VIDEO),
    RasterRow("h.brouwer", CAR, "Eerste contact per video", (TUE, THU), "car-c", CARDIOLOGY),
    RasterRow("h.brouwer", CAR, "Spreekuur middag", (TUE,), "car-1", VISIT_AFTERNOON),
    RasterRow("h.brouwer", CAR, "Belronde hartbewaking", (FRI,), "car-m", ("10.00-11.00 hybrid phone video",)),
    RasterRow("e.nowak", PSY, "Beeldgesprekken thuis", (MON, THU), "psy-t", PSYCHOLOGY),
    RasterRow("e.nowak", PSY, "Gesprekken op de poli", (WED,), "psy-1", PSYCHOLOGY_VISITS),
)


def plan_for(row: RasterRow, valid_from: date) -> RasterPlan:
    if isinstance(row.day, str):
        plan = STARTERS[row.day](valid_from, row.weekdays)
        return replace(plan, weeks=row.weeks)
    return RasterPlan(row.weeks, valid_from, None, tuple(_blocks(row.day, row.weekdays)))


def _blocks(day: tuple[str, ...], weekdays: tuple[int, ...]) -> Iterator[BlockPlan]:
    said = [_block(text) for text in day]
    for key, (weekday, block) in enumerate(((weekday, block) for weekday in weekdays for block in said), start=1):
        yield replace(block, key=key, weekday=weekday)


def _block(text: str) -> BlockPlan:
    text, _, start_up = text.partition(" start-up ")
    span, mode, *words = text.split()
    start, end = (time.fromisoformat(clock.replace(".", ":")) for clock in span.split("-"))
    numbers = [int(word) for word in words if word.isdigit()]
    forms = frozenset(FORMS[word] for word in words if not word.isdigit())
    fixed = mode == BlockMode.FIXED
    return BlockPlan(
        key=0,
        weekday=0,
        start=start,
        end=end,
        mode=BlockMode(mode),
        slot_minutes=numbers[0] if fixed else 0,
        start_up_minutes=int(start_up or 0),
        modalities=forms or None,
        durations=frozenset(numbers) if numbers else None,
    )
