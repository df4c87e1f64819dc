"""Publishing many rasters in one go: one transaction per raster, so that it can stop anywhere and go on later."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction

from people.models import Department
from scheduling.actions.publishing import Published, Reason, Refused, extend_raster, publish_raster
from scheduling.locks import Busy
from scheduling.models import PublicationRun, Raster
from scheduling.queries.rasters import NoClinician

log = structlog.get_logger("videopoli.scheduling")

# A run whose worker was killed is taken up by the next one after so long.
SILENT_AFTER = timedelta(seconds=90)


class AlreadyRunning(Exception):
    """The department's rasters are being published right now; nothing was started."""


def start_run(
    *, department: Department, kind: PublicationRun.Kind, rasters: Iterable[Raster], by: str, now: datetime
) -> PublicationRun:
    """A row that says what to do; a worker does it. Rasters of other departments and starters are left out.

    Raises AlreadyRunning: one at a time per department.
    """
    todo = [each.pk for each in rasters if each.clinician_id is not None and each.department_id == department.pk]
    try:
        with transaction.atomic():
            return PublicationRun.objects.create(
                department=department, kind=kind, todo=todo, total=len(todo), asked_by=by, asked_at=now
            )
    except IntegrityError as error:
        raise AlreadyRunning from error


def advance_run(*, run: PublicationRun, now: datetime) -> PublicationRun:
    """One raster further, or ended when none is left. What is done and what is counted stand in one transaction.

    Raises scheduling.locks.Busy when somebody else holds what the next raster needs; the run stands as it was.
    """
    with transaction.atomic():
        current = PublicationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if current.ended_at is not None:
            return current
        if current.todo:
            pk, *current.todo = current.todo
            raster = Raster.objects.filter(pk=pk).first()
            if raster is not None:
                _publish_next(current, raster, now)
        current.state, current.beat_at = PublicationRun.State.RUNNING, now
        if not current.todo:
            current.state, current.ended_at = PublicationRun.State.DONE, now
        current.save()
        return current


def stop_run(*, run: PublicationRun, now: datetime) -> PublicationRun:
    """What was published stays; the rest is left as it was, and still named in `todo` for a next run."""
    with transaction.atomic():
        current = PublicationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if current.ended_at is None:
            current.state, current.ended_at = PublicationRun.State.STOPPED, now
            current.save(update_fields=["state", "ended_at"])
        return current


def silent_runs(*, now: datetime) -> list[PublicationRun]:
    """Not ended, and nobody works on them: the message to the worker was lost, or the worker was killed."""
    unfinished = PublicationRun.objects.filter(ended_at__isnull=True, asked_at__lt=now - SILENT_AFTER)
    return [run for run in unfinished if run.beat_at is None or run.beat_at < now - SILENT_AFTER]


def _publish_next(run: PublicationRun, raster: Raster, now: datetime) -> None:
    """What goes wrong with one raster is told, and does not hold up the others."""
    try:
        with transaction.atomic():
            done = _published(run, raster, now)
    except Busy:
        raise
    except NoClinician:
        return
    except Exception as error:
        log.exception("a raster could not be published", raster=raster.pk, run=run.pk)
        run.failed = [*run.failed, {"raster": raster.pk, "findings": [], "error": type(error).__name__}]
        return
    if isinstance(done, Refused):
        run.failed = [*run.failed, {"raster": raster.pk, "findings": [finding.id.value for finding in done.findings]}]
    elif isinstance(done, Published):
        run.sessions_made += done.made
        run.sessions_changed += done.sessions_changed
        run.misfits += len(done.misfits)


def _published(run: PublicationRun, raster: Raster, now: datetime) -> Published | Refused | None:
    if run.kind == PublicationRun.Kind.HORIZON:
        return extend_raster(raster=raster, by=run.asked_by, now=now)
    return publish_raster(raster=raster, by=run.asked_by, now=now, reasons=_reasons_before(raster))


def _reasons_before(raster: Raster) -> list[Reason]:
    """A warning that was answered when the raster was published last needs no second answer."""
    given = raster.versions.filter(number=raster.version).values_list("reasons", flat=True).first() or []
    return [Reason(each["finding"], each["weekday"], each["text"]) for each in given]
