from functools import partial

import structlog
from celery import shared_task
from django.db import IntegrityError
from django.utils import timezone

from events.handing_over import hand_over_soon
from people.models import Department
from scheduling.actions.freed_places import offer_place
from scheduling.actions.misfits import end_past_misfits
from scheduling.actions.place_offers import expire_offers
from scheduling.actions.publication_runs import AlreadyRunning, advance_run, silent_runs, start_run
from scheduling.actions.requests import end_past_requests
from scheduling.actions.simulations import (
    claim_simulation,
    fail_simulation,
    keep_answer,
    note_progress,
    predict_version,
    silent_simulations,
)
from scheduling.actions.waiting_list import end_past_entries
from scheduling.locks import Busy
from scheduling.models import PublicationRun, Raster, RasterVersion, SimulationRun
from scheduling.queries.waiting_list import places_to_look_at
from scheduling.simulation_documents import read_question, write_answer
from scheduling.simulations import answer

log = structlog.get_logger("videopoli.scheduling")

TRIES = 5


@shared_task
def extend_horizon() -> None:
    """A few times a day: sessions of every published raster up to the booking horizon of that day."""
    now = timezone.now()
    end_past_misfits(now=now)
    end_past_requests(now=now)
    for department in Department.objects.filter(rasters__version__gt=0).distinct():
        rasters = Raster.objects.filter(department=department, version__gt=0).order_by("pk")
        kind = PublicationRun.Kind.HORIZON
        try:
            run = start_run(department=department, kind=kind, rasters=rasters, by="system", now=now)
        except AlreadyRunning:
            continue
        carry_out(run.pk)


@shared_task
def carry_out(run_id: int) -> None:
    """Publish raster by raster until none is left; a second worker on the same run does no harm."""
    run = PublicationRun.objects.get(pk=run_id)
    tries = 0
    while run.ended_at is None:
        try:
            run = advance_run(run=run, now=timezone.now())
            tries = 0
        except Busy:
            tries += 1
            if tries >= TRIES:
                # The next beat takes it up again.
                log.warning("a publication waits for others", run=run_id)
                return


def publish_soon(run: PublicationRun) -> None:
    """After the commit. When the broker cannot be reached the next beat finds the run."""
    hand_over_soon(carry_out, run.pk)


@shared_task
def take_up_runs() -> None:
    """Runs that nobody works on: the broker forgot them, or their worker was killed."""
    for run in silent_runs(now=timezone.now()):
        carry_out(run.pk)


# --- The waiting list ---------------------------------------------------------------------------------------------
@shared_task
def offer_freed_places() -> None:
    """A tick: rounds that are due, and what ended by itself. Lost or doubled, it changes nothing."""
    now = timezone.now()
    places = (partial(offer_place, freed_id=freed.pk, now=now) for freed in places_to_look_at(now=now))
    for step in (partial(end_past_entries, now=now), partial(expire_offers, now=now), *places):
        try:
            step()
        except (Busy, IntegrityError) as error:
            # The next tick takes it up again.
            log.info("the waiting list waits for others", step=step.func.__name__, error=type(error).__name__)


# --- Simulations ------------------------------------------------------------------------------------------------
class _Ended(Exception):
    """The simulation was stopped, or another worker has taken it over."""


def simulate_soon(run: SimulationRun) -> None:
    """After the commit. When the broker cannot be reached the next beat finds the run."""
    if run.state == SimulationRun.State.WAITING:
        hand_over_soon(carry_out_simulation, run.pk)


@shared_task
def carry_out_simulation(run_id: int) -> None:
    """From the start, also when it is taken up again: the seed gives the same answer."""
    run = claim_simulation(run_id=run_id, now=timezone.now())
    if run is None:
        return

    def progress(done: int) -> None:
        if not note_progress(run=run, done=done, now=timezone.now()):
            raise _Ended

    try:
        found = answer(read_question(run.question), days=run.days, seed=run.seed, progress=progress)
    except _Ended:
        return
    except Exception:
        fail_simulation(run=run, now=timezone.now())
        raise
    keep_answer(run=run, result=write_answer(found), now=timezone.now())


@shared_task
def take_up_simulations() -> None:
    for run_id in silent_simulations(now=timezone.now()):
        carry_out_simulation(run_id)


@shared_task
def predict_published() -> None:
    """What the simulation expects of each version that went live, once, to be compared with what happens."""
    for version in RasterVersion.objects.filter(prediction=None).select_related("raster").iterator():
        predict_version(version=version, now=timezone.now())
