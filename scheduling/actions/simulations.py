"""Simulations in the background: asked as a row, calculated by a worker, stopped by whoever asked (PP-31)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from scheduling.models import Prediction, Raster, RasterVersion, SimulationRun
from scheduling.queries.simulation import DAYS, Question, question_about_version
from scheduling.simulation_documents import summary_of, write_question
from scheduling.simulations import Answer, answer

# A run whose worker was killed is taken up by another one after so long.
SILENT_AFTER = timedelta(seconds=90)
# What kills its worker so often would kill the next one as well.
MOST_ATTEMPTS = 3
PREDICTED_WITH_SEED = 1
_OPEN = (SimulationRun.State.WAITING, SimulationRun.State.RUNNING)


@transaction.atomic
def start_simulation(
    *, raster: Raster, question: Question, days: int, seed: int, by: str, now: datetime
) -> SimulationRun:
    """A row that says what to calculate; a worker does it.

    Asked before and not stopped or failed: that run, as its answer would be the same.
    """
    asked = write_question(question)
    Raster.objects.select_for_update(of=("self",)).get(pk=raster.pk)
    same = raster.simulations.filter(days=days, seed=seed, question=asked)
    known = same.filter(state__in=[*_OPEN, SimulationRun.State.DONE]).first()
    return known or SimulationRun.objects.create(
        raster=raster,
        revision=raster.revision,
        question=asked,
        days=days,
        seed=seed,
        total=days * len(question.to_hold),
        asked_by=by,
        asked_at=now,
    )


def claim_simulation(*, run_id: int, now: datetime) -> SimulationRun | None:
    """For the worker that takes it; None when it has ended or another worker is busy with it.

    One that was taken up too often has failed.
    """
    free = Q(state=SimulationRun.State.WAITING) | Q(state=SimulationRun.State.RUNNING, beat_at__lt=now - SILENT_AFTER)
    mine = SimulationRun.objects.filter(free, pk=run_id)
    mine.filter(attempts__gte=MOST_ATTEMPTS).update(state=SimulationRun.State.FAILED, ended_at=now)
    claimed = mine.update(state=SimulationRun.State.RUNNING, attempts=F("attempts") + 1, done=0, beat_at=now)
    return SimulationRun.objects.get(pk=run_id) if claimed else None


def note_progress(*, run: SimulationRun, done: int, now: datetime) -> bool:
    """False when it was stopped, or another worker has taken it: there is nothing to go on for."""
    return bool(_held(run).update(done=done, beat_at=now))


def keep_answer(*, run: SimulationRun, result: dict[str, Any], now: datetime) -> bool:
    done = SimulationRun.State.DONE
    return bool(_held(run).update(state=done, done=F("total"), result=result, beat_at=now, ended_at=now))


def fail_simulation(*, run: SimulationRun, now: datetime) -> None:
    _held(run).update(state=SimulationRun.State.FAILED, ended_at=now)


def stop_simulation(*, run: SimulationRun, now: datetime) -> None:
    """Its worker notices at the next part; one that has ended stays as it is."""
    unfinished = SimulationRun.objects.filter(pk=run.pk, state__in=_OPEN)
    unfinished.update(state=SimulationRun.State.STOPPED, ended_at=now)


def silent_simulations(*, now: datetime) -> list[int]:
    """Nobody works on them: the message to the worker was lost, or the worker was killed."""
    forgotten = Q(state=SimulationRun.State.WAITING, asked_at__lt=now - SILENT_AFTER)
    orphaned = Q(state=SimulationRun.State.RUNNING, beat_at__lt=now - SILENT_AFTER)
    return list(SimulationRun.objects.filter(forgotten | orphaned).values_list("pk", flat=True))


def _held(run: SimulationRun) -> Any:
    return SimulationRun.objects.filter(pk=run.pk, state=SimulationRun.State.RUNNING, attempts=run.attempts)


# --- What was expected when it went live ------------------------------------------------------------------------
def predict_version(*, version: RasterVersion, now: datetime) -> Prediction:
    """What the simulation expects of a published version; made once, also when there is nothing to hold."""
    question = question_about_version(version, now=now)
    expected: Answer = answer(question, days=DAYS, seed=PREDICTED_WITH_SEED)
    made, _ = Prediction.objects.get_or_create(
        version=version,
        defaults={
            "days": DAYS,
            "seed": PREDICTED_WITH_SEED,
            "question": write_question(question),
            "sessions": summary_of(expected),
            "made_at": now,
        },
    )
    return made
