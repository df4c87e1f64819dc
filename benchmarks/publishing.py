"""How long it takes to publish the rasters of a whole department in one go, as the worker does it.

    python -m benchmarks.publishing --json [--clinicians 40 --weeks 26]

Each clinician has a raster of five half-days with video, phone and a break. The run is carried out three times: into
an empty calendar; the same once more, which changes nothing; and with every raster half an hour shorter, so that
every session changes. Progress goes to standard error. `cpu_s` is client plus database, `peak_mb` the client's.
"""

import argparse
import json
import sys
from datetime import date, datetime, time
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from benchmarks.availability import database_seconds
from benchmarks.worlds import scratch_database

if TYPE_CHECKING:
    from people.models import Clinician, Department
    from scheduling.models import AppointmentType, PublicationRun

# A Monday whose half year has both kinds of weeks, a week 53 and both nights in which the clock is changed.
FIRST = date(2026, 10, 5)
MORNING = (
    (time(9), time(10, 20), "flexible"),
    (time(10, 20), time(10, 40), "break"),
    (time(10, 40), time(12), "flexible"),
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--clinicians", type=int, default=40)
    options.add_argument("--weeks", type=int, default=26)
    options.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    given = options.parse_args()
    with scratch_database():
        result = measure(given.clinicians, given.weeks)
    if given.json:
        print(json.dumps(result))
    else:
        _table(result)


def measure(clinicians: int, weeks: int) -> dict[str, Any]:
    from scheduling.models import PublicationRun, RasterBlock

    department = _department(clinicians, weeks)
    drafts = PublicationRun.Kind.DRAFTS
    result: dict[str, Any] = {"clinicians": clinicians, "weeks": weeks}
    result["first"] = _timed(department, drafts, "first")
    result["again"] = _timed(department, drafts, "again")
    RasterBlock.objects.filter(end=time(12)).update(end=time(11, 30))
    result["changed"] = _timed(department, drafts, "changed")
    return result


def _department(clinicians: int, weeks: int) -> "Department":
    from people.models import Clinician, Department
    from praktijkplan.contact import ContactKind, Modality
    from scheduling.models import AppointmentType, DepartmentPolicy

    department = Department.objects.create(slug="longziekten", name="Longziekten", phone="020-1234501")
    DepartmentPolicy.objects.create(
        department=department, valid_from=FIRST, document={"horizon_weeks": weeks, "closed_on_holidays": True}
    )
    kinds = [
        AppointmentType.objects.create(
            department=department,
            code=f"cp-{form}-{minutes}",
            name=f"CP {form} {minutes}",
            contact_kind=ContactKind.FOLLOW_UP,
            modality=form,
            duration_minutes=minutes,
        )
        for form, minutes in ((Modality.VIDEO, 20), (Modality.PHONE, 20))
    ]
    for n in range(clinicians):
        clinician = Clinician.objects.create(name=f"dr. {n:03d}")
        clinician.departments.add(department)
        _raster(clinician, department, kinds, f"{n:03d}")
    return department


def _raster(clinician: "Clinician", department: "Department", kinds: "list[AppointmentType]", number: str) -> None:
    """Five mornings in a cabin of its own."""
    from scheduling.models import Raster, RasterBlock, Workplace

    cabin = Workplace.objects.create(department=department, name=f"Cabine {number}", kind="cabin")
    raster = Raster.objects.create(
        department=department, clinician=clinician, name=f"Ochtenden {number}", valid_from=FIRST
    )
    stretches = [(weekday, *stretch) for weekday in range(5) for stretch in MORNING]
    for key, (weekday, start, end, mode) in enumerate(stretches, start=1):
        block = RasterBlock.objects.create(
            raster=raster, key=key, weekday=weekday, start=start, end=end, mode=mode, workplace=cabin
        )
        block.types.set([] if mode == "break" else kinds)


def _timed(department: "Department", kind: "PublicationRun.Kind", name: str) -> dict[str, Any]:
    from scheduling.actions.publication_runs import advance_run, start_run
    from scheduling.localtime import AMSTERDAM
    from scheduling.models import ClinicSession, Raster

    now = datetime.combine(FIRST, time(6), AMSTERDAM)
    rasters = Raster.objects.filter(department=department).order_by("pk")
    run = start_run(department=department, kind=kind, rasters=rasters, by="benchmark", now=now)
    began, cpu = perf_counter(), process_time() + database_seconds()
    slowest = 0.0
    while run.ended_at is None:
        step = perf_counter()
        run = advance_run(run=run, now=now)
        slowest = max(slowest, perf_counter() - step)
        _progress(name, run.done, run.total)
    if run.failed:
        sys.exit(f"the rules refuse what should be published: {run.failed[0]}")
    return {
        "seconds": round(perf_counter() - began, 2),
        "cpu_s": round(process_time() + database_seconds() - cpu, 2),
        "slowest_raster_ms": round(slowest * 1000),
        "peak_mb": round(getrusage(RUSAGE_SELF).ru_maxrss / 1024),
        "sessions_made": run.sessions_made,
        "sessions_changed": run.sessions_changed,
        "sessions": ClinicSession.objects.count(),
    }


def _progress(name: str, done: int, total: int) -> None:
    print(f"\r{name}: {done} of {total} rasters", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _table(result: dict[str, Any]) -> None:
    print(f"{result['clinicians']} clinicians x {result['weeks']} weeks")
    print(f"{'':9}{'seconds':>9}{'cpu s':>8}{'slowest ms':>12}{'peak MB':>9}{'made':>8}{'changed':>9}")
    for name in ("first", "again", "changed"):
        row = result[name]
        print(
            f"{name:9}{row['seconds']:>9}{row['cpu_s']:>8}{row['slowest_raster_ms']:>12}{row['peak_mb']:>9}"
            f"{row['sessions_made']:>8}{row['sessions_changed']:>9}"
        )


if __name__ == "__main__":
    main()
