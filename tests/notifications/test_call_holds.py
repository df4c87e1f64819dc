""" "Ik bel nu": no two people phone the same patient."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models import Q
from django.utils import timezone

from notifications.actions import call_results
from notifications.actions.call_results import (
    HOLD,
    AlreadyDone,
    HeldByOther,
    complete_call_task,
    hold_call,
    release_call,
)
from notifications.models import CallOutcome, CallTask
from tests import factories as make
from tests.notifications.conftest import next_week
from tests.support.together import together

NOW = make.amsterdam("2026-11-23", "09.30")


@pytest.fixture
def task():
    make.appointment(patient=make.PatientFactory(unreachable=True), start=next_week())
    return CallTask.objects.get()


def hold(task, by="user:1", now=NOW):
    return hold_call(task=CallTask.objects.get(pk=task.pk), by=by, now=now)


@pytest.mark.django_db
class TestHold:
    def test_keeps_a_colleague_from_phoning_for_ten_minutes(self, task):
        assert hold(task) is None
        assert hold(task, by="user:2") == HeldByOther("user:1", NOW + HOLD)
        assert hold(task, by="user:2", now=NOW + HOLD) is None

    def test_is_prolonged_by_its_holder(self, task):
        hold(task)
        later = NOW + timedelta(minutes=5)
        assert hold(task, now=later) is None
        task.refresh_from_db()
        assert task.held_until == later + HOLD

    def test_of_a_task_that_is_done_is_refused(self, task):
        complete_call_task(task=task, outcome=CallOutcome.REACHED, by="user:2", now=NOW)
        assert hold(task) == AlreadyDone("user:2", NOW)

    def test_holds_everything_that_is_open_for_this_patient(self, task):
        make.appointment(patient=task.patient, start=next_week("15.00"))
        first, second = CallTask.objects.order_by("pk")
        hold(first)
        assert hold(second, by="user:2") == HeldByOther("user:1", NOW + HOLD)

    def test_of_one_patient_leaves_the_next_free(self, task):
        make.appointment(patient=make.PatientFactory(unreachable=True), start=next_week("15.00"))
        other = CallTask.objects.exclude(pk=task.pk).get()
        hold(task)
        assert hold(other, by="user:2") is None

    def test_refused_writes_nothing(self, task):
        make.appointment(patient=task.patient, start=next_week("15.00"))
        other = CallTask.objects.exclude(pk=task.pk).get()
        CallTask.objects.filter(pk=other.pk).update(held_by="user:2", held_until=NOW + HOLD)
        assert isinstance(hold(task), HeldByOther)
        task.refresh_from_db()
        assert task.held_by == ""

    def test_is_released_by_its_holder_only(self, task):
        hold(task)
        assert not release_call(task=task, by="user:2")
        assert release_call(task=task, by="user:1")
        assert hold(task, by="user:2") is None

    @pytest.mark.parametrize("outcome", [CallOutcome.REACHED, CallOutcome.NO_ANSWER])
    def test_ends_with_the_outcome(self, task, outcome):
        hold(task)
        done = complete_call_task(task=task, outcome=outcome, by="user:1", now=NOW)
        assert (done.held_by, done.held_until) == ("", None)

    def test_keeps_a_colleague_from_saying_how_it_went(self, task):
        hold(task)
        answer = complete_call_task(task=task, outcome=CallOutcome.REACHED, by="user:2", now=NOW)
        assert answer == HeldByOther("user:1", NOW + HOLD)
        assert CallTask.objects.get().is_open

    def test_that_ran_out_keeps_nobody(self, task):
        hold(task)
        answer = complete_call_task(task=task, outcome=CallOutcome.REACHED, by="user:2", now=NOW + HOLD)
        assert answer.done_by == "user:2"


def both_hold(task):
    """Two clerks press at the same moment, when both have seen that nobody holds it."""
    seen = {f"user:{number}": CallTask.objects.get(pk=task.pk) for number in (1, 2)}
    return together(*[partial(hold_call, task=mine, by=who, now=timezone.now()) for who, mine in seen.items()])


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_press_together_phone_once(task):
    make.appointment(patient=task.patient, start=next_week("15.00"))
    answers = both_hold(task)
    assert sorted(type(answer).__name__ for answer in answers) == ["HeldByOther", "NoneType"]
    assert len(set(CallTask.objects.values_list("held_by"))) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_both_would_phone(task, monkeypatch):
    monkeypatch.setattr(call_results, "is_free_for", lambda _who, _now: Q(pk__gt=0))
    assert both_hold(task) == [None, None]
