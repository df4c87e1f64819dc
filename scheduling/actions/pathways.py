"""Care pathways (PP-19): agree on a pattern, let a patient follow it, and stop that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from events.catalogue import OrderMade, PathwayStarted, PathwayStopped
from events.log import record
from people.models import Clinician, Department, Patient
from praktijkplan.pathways import Step, StepProblem, step_problems, windows
from praktijkplan.windows import WrongWindow, wrong_window
from scheduling.actions.misfits import NoReason
from scheduling.actions.orders import drop
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.localtime import local_day
from scheduling.models import CarePathway, FollowUpOrder, PathwayRun, PathwayStep
from scheduling.queries.pathways import steps_of_pathway


@dataclass(frozen=True)
class WrongSteps:
    """The steps are no pattern; nothing was written."""

    problems: tuple[StepProblem, ...]


class NameTaken(Exception):
    """The department has a pathway of this name; nothing was written."""


class AlreadyFollows(Exception):
    """The patient follows this pathway; nothing was written."""


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """`steps` hold types of the department. What is not `active` cannot be started any more."""

    name: str
    steps: Sequence[Step]
    active: bool = True


def save_pathway(
    *, department: Department, pattern: Pattern, pathway: CarePathway | None = None, expected_revision: int = 0
) -> CarePathway | WrongSteps:
    """A new one, or `pathway` changed. Who follows it already follows it as it was: their orders are made.

    Raises NameTaken, and ChangedMeanwhile when it is no longer as shown.
    """
    problems = step_problems(pattern.steps)
    if problems:
        return WrongSteps(tuple(problems))
    try:
        with transaction.atomic():
            saved = _fresh(pathway, expected_revision) if pathway else CarePathway(department=department, revision=0)
            saved.name, saved.active = pattern.name, pattern.active
            saved.revision += 1
            saved.save()
            saved.steps.all().delete()
            PathwayStep.objects.bulk_create(
                PathwayStep(
                    pathway=saved,
                    position=step.position,
                    type_id=step.type,
                    after_days=step.after_days,
                    margin_days=step.margin_days,
                )
                for step in pattern.steps
            )
            return saved
    except IntegrityError as error:
        raise NameTaken from error


def start_pathway(
    *,
    pathway: CarePathway,
    patient: Patient,
    begins: date,
    by: str,
    now: datetime,
    clinician: Clinician | None = None,
    expected_revision: int,
) -> PathwayRun | WrongWindow:
    """An order for each step, in its window.

    Raises AlreadyFollows, and ChangedMeanwhile when the pathway is no longer as shown.
    """
    wrong = wrong_window(begins, begins, today=local_day(now))
    if wrong is not None:
        return wrong
    try:
        with transaction.atomic():
            current = _fresh(pathway, expected_revision)
            if not current.active:
                raise ChangedMeanwhile
            run = PathwayRun.objects.create(
                pathway=current, patient=patient, clinician=clinician, begins=begins, started_by=by, started_at=now
            )
            started = PathwayStarted(run=run.pk, pathway=current.pk, department=current.department_id)
            record(started, at=now, actor=by)
            _order_steps(run, current, by, now)
            return run
    except IntegrityError as error:
        raise AlreadyFollows from error


def stop_pathway(*, run: PathwayRun, reason: str, by: str, now: datetime) -> list[FollowUpOrder]:
    """Open orders are dropped for the same reason; what is planned stays, and is what is returned.

    Raises NoReason, and ChangedMeanwhile when it was stopped before.
    """
    reason = reason.strip()
    if not reason:
        raise NoReason
    with transaction.atomic():
        stopped = PathwayRun.objects.filter(pk=run.pk, stopped_at__isnull=True).update(
            stopped_at=now, stopped_by=by, stop_reason=reason
        )
        if not stopped:
            raise ChangedMeanwhile
        orders = list(FollowUpOrder.objects.select_for_update().filter(pathway_run=run).order_by("step"))
        for order in orders:
            if order.is_open:
                drop(order, reason=reason, by=by, now=now)
        record(
            PathwayStopped(run=run.pk, pathway=run.pathway_id, department=run.pathway.department_id),
            at=now,
            actor=by,
        )
        return [order for order in orders if order.appointment_id is not None]


def _fresh(pathway: CarePathway, expected_revision: int) -> CarePathway:
    current = CarePathway.objects.select_for_update().get(pk=pathway.pk)
    if current.revision != expected_revision:
        raise ChangedMeanwhile
    return current


def _order_steps(run: PathwayRun, pathway: CarePathway, by: str, now: datetime) -> None:
    for step, earliest, latest in windows(steps_of_pathway(pathway), run.begins):
        order = FollowUpOrder.objects.create(
            department_id=pathway.department_id,
            patient_id=run.patient_id,
            type_id=step.type,
            clinician_id=run.clinician_id,
            earliest=earliest,
            latest=latest,
            ordered_by=by,
            ordered_at=now,
            pathway_run=run,
            step=step.position,
        )
        record(OrderMade(order=order.pk, department=order.department_id, run=run.pk), at=now, actor=by)
