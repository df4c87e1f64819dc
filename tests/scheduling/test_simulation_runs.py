"""Simulations in the background: claimed once, stopped, taken up again after a kill, and always the same answer."""

from datetime import timedelta
from time import monotonic, sleep

import pytest
from django.utils import timezone

from scheduling.actions.simulations import (
    MOST_ATTEMPTS,
    SILENT_AFTER,
    claim_simulation,
    keep_answer,
    note_progress,
    silent_simulations,
    start_simulation,
    stop_simulation,
)
from scheduling.models import SimulationRun
from scheduling.queries.simulation import question_about
from scheduling.simulation_documents import write_answer
from scheduling.simulations import answer
from scheduling.tasks import carry_out_simulation, simulate_soon, take_up_simulations
from tests import factories as make

NOW = make.amsterdam("2026-11-23", "9.00")
LATER = NOW + SILENT_AFTER + timedelta(seconds=1)
State = SimulationRun.State


@pytest.fixture
def raster(db):
    return make.starter_raster("PP-21", weekdays=[0])


def ask(raster, *, days=200, seed=1, now=NOW):
    question = question_about(raster, now=now)
    return start_simulation(raster=raster, question=question, days=days, seed=seed, by="user:1", now=now)


def expected(raster, run):
    return write_answer(answer(question_about(raster, now=NOW), days=run.days, seed=run.seed))


def test_worker_keeps_the_answer(raster):
    run = ask(raster)
    assert (run.state, run.total, run.revision) == (State.WAITING, 200, raster.revision)
    carry_out_simulation(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, run.result) == (State.DONE, 200, expected(raster, run))
    assert run.ended_at is not None


def test_same_question_is_not_calculated_twice(raster):
    first = ask(raster)
    assert ask(raster) == first
    carry_out_simulation(first.pk)
    assert ask(raster) == first
    assert ask(raster, seed=2) != first


def test_stopped_run_does_not_answer_for_a_later_one(raster):
    first = ask(raster)
    stop_simulation(run=first, now=NOW)
    assert ask(raster) != first


def test_draft_that_changes_meanwhile_does_not_change_the_answer(raster):
    run = ask(raster)
    before = expected(raster, run)
    raster.blocks.update(end="13:30")
    carry_out_simulation(run.pk)
    run.refresh_from_db()
    assert run.result == before


def test_one_worker_takes_a_run(raster):
    run = ask(raster)
    assert claim_simulation(run_id=run.pk, now=NOW).attempts == 1
    assert claim_simulation(run_id=run.pk, now=NOW + timedelta(seconds=5)) is None


def test_silent_worker_loses_its_run_and_can_no_longer_write(raster):
    run = ask(raster)
    first = claim_simulation(run_id=run.pk, now=NOW)
    assert note_progress(run=first, done=100, now=NOW)
    assert silent_simulations(now=NOW) == []
    assert silent_simulations(now=LATER) == [run.pk]
    second = claim_simulation(run_id=run.pk, now=LATER)
    assert (second.attempts, second.done) == (2, 0)
    assert not note_progress(run=first, done=150, now=LATER)
    assert not keep_answer(run=first, result={}, now=LATER)
    assert keep_answer(run=second, result={"own": True}, now=LATER)


def test_run_that_ends_its_worker_again_and_again_has_failed(raster):
    run, now = ask(raster), NOW
    for _ in range(MOST_ATTEMPTS):
        assert claim_simulation(run_id=run.pk, now=now) is not None
        now += SILENT_AFTER + timedelta(seconds=1)
    assert claim_simulation(run_id=run.pk, now=now) is None
    run.refresh_from_db()
    assert (run.state, run.ended_at) == (State.FAILED, now)
    assert silent_simulations(now=now + SILENT_AFTER * 2) == []


def test_stop_ends_a_run_at_its_next_part(raster):
    run = ask(raster)
    held = claim_simulation(run_id=run.pk, now=NOW)
    stop_simulation(run=run, now=NOW)
    assert not note_progress(run=held, done=5, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.result) == (State.STOPPED, None)


def test_ended_run_cannot_be_stopped(raster):
    run = ask(raster)
    carry_out_simulation(run.pk)
    stop_simulation(run=run, now=NOW)
    run.refresh_from_db()
    assert run.state == State.DONE


def test_question_that_cannot_be_read_fails_its_run(raster):
    run = ask(raster)
    SimulationRun.objects.filter(pk=run.pk).update(question={**run.question, "assumptions": {"no_show": 7}})
    with pytest.raises(ValueError, match="no_show"):
        carry_out_simulation(run.pk)
    run.refresh_from_db()
    assert run.state == State.FAILED


def test_message_that_the_broker_forgot_is_made_good_by_the_beat(raster):
    run = ask(raster, now=timezone.now() - SILENT_AFTER * 2)
    take_up_simulations()
    run.refresh_from_db()
    assert run.state == State.DONE


def await_state(run, *states, within=60):
    deadline = monotonic() + within
    while monotonic() < deadline:
        run.refresh_from_db()
        if run.state in states and (run.state != State.RUNNING or run.done):
            return run
        sleep(0.05)
    raise AssertionError(f"{run.state} after {within} seconds")


@pytest.mark.django_db(transaction=True)
def test_killed_worker_is_followed_by_another_with_the_same_answer(worker, broker):
    raster = make.starter_raster("PP-22", weekdays=[0])
    run = ask(raster, days=600_000, now=timezone.now())
    worker.start()
    simulate_soon(run)
    await_state(run, State.RUNNING)
    worker.kill()
    broker.forget_everything()
    run.refresh_from_db()
    assert (run.state, run.result) == (State.RUNNING, None)

    SimulationRun.objects.update(beat_at=timezone.now() - SILENT_AFTER * 2)
    worker.start()
    take_up_simulations.delay()
    await_state(run, State.DONE)
    worker.stop()
    assert (run.attempts, run.done) == (2, run.total)
    assert run.result == write_answer(answer(question_about(raster, now=NOW), days=run.days, seed=run.seed))


@pytest.mark.django_db(transaction=True)
def test_run_in_a_worker_stops_when_asked(worker):
    raster = make.starter_raster("PP-22")
    run = ask(raster, days=1_000_000, now=timezone.now())
    worker.start()
    simulate_soon(run)
    await_state(run, State.RUNNING)
    stop_simulation(run=run, now=timezone.now())
    follower = ask(make.starter_raster("PP-21", weekdays=[1]), days=100, now=timezone.now())
    simulate_soon(follower)
    await_state(follower, State.DONE)
    run.refresh_from_db()
    assert (run.state, run.result) == (State.STOPPED, None)
    worker.stop()
