"""Many rasters in one go: one transaction each, so that it can stop anywhere and go on."""

from datetime import time, timedelta

import pytest

from scheduling import tasks
from scheduling.actions import publication_runs
from scheduling.actions.publication_runs import AlreadyRunning, advance_run, silent_runs, start_run, stop_run
from scheduling.actions.publishing import Reason, publish_raster
from scheduling.locks import Busy
from scheduling.models import ClinicSession, PublicationRun
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-29", "12.00")
DRAFTS, HORIZON = PublicationRun.Kind.DRAFTS, PublicationRun.Kind.HORIZON
State = PublicationRun.State


@pytest.fixture
def lungs(time_machine):
    time_machine.move_to(NOW, tick=False)
    department = make.department("longziekten")
    make.policy(department, horizon_weeks=4)
    return department


def rasters(department, count=3):
    return [make.starter_raster("PP-21", department=department, weekdays=[0]) for _ in range(count)]


def begin(department, of, kind=DRAFTS, now=NOW):
    return start_run(department=department, kind=kind, rasters=of, by="user:1", now=now)


def versions(of):
    for raster in of:
        raster.refresh_from_db()
    return [raster.version for raster in of]


def test_step_by_step_to_the_end(lungs):
    of = rasters(lungs)
    run = begin(lungs, of)
    assert (run.state, run.total, run.done) == (State.WAITING, 3, 0)
    seen = []
    while run.ended_at is None:
        run = advance_run(run=run, now=NOW)
        seen.append((run.state, run.done, sum(versions(of))))
    assert seen == [(State.RUNNING, 1, 1), (State.RUNNING, 2, 2), (State.DONE, 3, 3)]
    assert (run.sessions_made, run.ended_at) == (ClinicSession.objects.count(), NOW)
    assert advance_run(run=run, now=NOW).done == 3


def test_stopped_anywhere_and_started_again(lungs):
    of = rasters(lungs)
    run = advance_run(run=begin(lungs, of), now=NOW)
    run = stop_run(run=run, now=NOW)
    assert (run.state, run.todo, versions(of)) == (State.STOPPED, [raster.pk for raster in of[1:]], [1, 0, 0])
    assert advance_run(run=run, now=NOW).done == 1
    before = ClinicSession.objects.count()

    again = begin(lungs, of)
    tasks.carry_out(again.pk)

    again.refresh_from_db()
    assert (again.state, versions(of)) == (State.DONE, [1, 1, 1])
    assert again.sessions_made == ClinicSession.objects.count() - before == 2 * before
    # What had ended is not stopped once more.
    assert stop_run(run=again, now=NOW).state == State.DONE


def test_one_run_at_a_time_in_a_department(lungs):
    of = rasters(lungs, 1)
    run = begin(lungs, of)
    with pytest.raises(AlreadyRunning):
        begin(lungs, of)
    nerves = make.department("neurologie")
    begin(nerves, rasters(nerves, 1))
    stop_run(run=run, now=NOW)
    assert begin(lungs, of).pk != run.pk


def test_rasters_of_others_and_starters_are_left_out(lungs):
    mine, starter = rasters(lungs, 2)
    starter.clinician = None
    starter.save()
    of = [mine, starter, *rasters(make.department("neurologie"), 1)]
    assert begin(lungs, of).todo == [mine.pk]


def test_raster_that_is_gone_meanwhile_is_passed_by(lungs):
    of = rasters(lungs, 2)
    run = begin(lungs, of)
    of[0].delete()
    tasks.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, versions(of[1:])) == (State.DONE, [1])


def test_refused_raster_is_named_and_the_others_go_on(lungs):
    of = rasters(lungs, 2)
    make.raster_block(of[0], 0, "13.30", "14.30")
    run = begin(lungs, of)
    tasks.carry_out(run.pk)
    run.refresh_from_db()
    assert [(each["raster"], "overlaps" in each["findings"]) for each in run.failed] == [(of[0].pk, True)]
    assert versions(of) == [0, 1]


def test_warning_that_was_answered_before_needs_no_second_answer(lungs):
    (raster,) = rasters(lungs, 1)
    raster.blocks.update(start=time(6, 0), end=time(7, 0))
    first = begin(lungs, [raster])
    tasks.carry_out(first.pk)
    first.refresh_from_db()
    assert first.failed == [{"raster": raster.pk, "findings": ["outside_opening_hours"]}]
    reason = Reason("outside_opening_hours", 0, "Vroeg spreekuur")
    publish_raster(raster=raster, by="user:1", now=NOW, reasons=[reason])
    raster.blocks.update(end=time(6, 30))
    second = begin(lungs, [raster])
    tasks.carry_out(second.pk)
    second.refresh_from_db()
    assert (second.failed, versions([raster])) == ([], [2])
    assert raster.versions.get(number=2).reasons[0]["text"] == "Vroeg spreekuur"


def test_raster_that_breaks_something_of_ours_is_named_and_the_others_go_on(lungs, monkeypatch):
    of = rasters(lungs, 2)
    real = publication_runs.publish_raster

    def broken(*, raster, **more):
        done = real(raster=raster, **more)
        if raster == of[0]:
            raise ZeroDivisionError
        return done

    monkeypatch.setattr(publication_runs, "publish_raster", broken)
    run = begin(lungs, of)
    tasks.carry_out(run.pk)
    run.refresh_from_db()
    assert run.failed == [{"raster": of[0].pk, "findings": [], "error": "ZeroDivisionError"}]
    assert (run.state, versions(of), of[0].sessions.count()) == (State.DONE, [0, 1], 0)


def test_busy_raster_stays_the_next_and_the_worker_gives_up_in_time(lungs, monkeypatch):
    of = rasters(lungs, 2)
    run = begin(lungs, of)
    tried = []

    def busy(*, raster, **more):
        tried.append(raster.pk)
        raise Busy

    monkeypatch.setattr(publication_runs, "publish_raster", busy)
    tasks.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.done, run.ended_at, tried) == (0, None, [of[0].pk] * tasks.TRIES)


def test_two_workers_on_one_run_publish_each_raster_once(lungs):
    of = rasters(lungs)
    one = begin(lungs, of)
    other = PublicationRun.objects.get(pk=one.pk)
    for run in (one, other, one, other):
        advance_run(run=run, now=NOW)
    one.refresh_from_db()
    assert (one.state, one.sessions_made) == (State.DONE, ClinicSession.objects.count())
    assert versions(of) == [1, 1, 1]


def test_killed_worker_is_taken_up_by_the_next_beat(lungs, time_machine):
    of = rasters(lungs)
    run = advance_run(run=begin(lungs, of), now=NOW)
    assert silent_runs(now=NOW + timedelta(seconds=80)) == []
    time_machine.move_to(NOW + timedelta(seconds=100))
    tasks.take_up_runs()
    run.refresh_from_db()
    assert (run.state, versions(of)) == (State.DONE, [1, 1, 1])


def test_run_that_the_broker_forgot_is_taken_up(lungs):
    run = begin(lungs, rasters(lungs, 1))
    assert silent_runs(now=NOW + timedelta(seconds=80)) == []
    assert silent_runs(now=NOW + timedelta(seconds=100)) == [run]


def test_nightly_horizon_publishes_what_was_published_and_not_the_draft(lungs, time_machine):
    (raster,) = rasters(lungs, 1)
    make.publish(raster, now=NOW)
    raster.refresh_from_db()
    raster.blocks.update(end=time(13, 30))
    time_machine.move_to(NOW + timedelta(weeks=1))
    tasks.extend_horizon()
    lengths = [block.ends - block.starts for session in raster.sessions.all() for block in session.blocks.all()]
    assert lengths == [60] * 5
    run = PublicationRun.objects.get()
    assert (run.kind, run.asked_by, run.sessions_made, run.state) == (HORIZON, "system", 1, State.DONE)


def test_nightly_horizon_leaves_a_department_alone_that_publishes_right_now(lungs, time_machine):
    (raster,) = rasters(lungs, 1)
    make.publish(raster, now=NOW)
    begin(lungs, [raster])
    time_machine.move_to(NOW + timedelta(weeks=1))
    tasks.extend_horizon()
    assert [run.kind for run in PublicationRun.objects.all()] == [DRAFTS]
