"""A person phones: the channel of last resort (PP-45, PP-51)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.catalogue import CallRequested, ContinuedByPhone
from events.log import record
from events.models import Event
from notifications.actions.calls import AlreadyDone, complete_call_task
from notifications.models import CallOutcome, CallTask
from notifications.queries import open_call_tasks
from tests import factories as make
from tests.notifications.conftest import next_week


def of(appointment):
    return {
        "appointment": appointment.pk,
        "session": appointment.session_id,
        "department": appointment.department_id,
    }


def ask_for_a_call(appointment, at):
    participant = appointment.participants.get(role="patient")
    with transaction.atomic():
        fact = CallRequested(**of(appointment), participant=participant.pk, role=participant.role)
        record(fact, at=at, actor="link:1")
    return participant


def go_on_by_phone(appointment, at):
    with transaction.atomic():
        record(ContinuedByPhone(**of(appointment), asked_by="clinician"), at=at, actor="user:1")


@pytest.fixture
def unreachable():
    appointment = make.appointment(patient=make.PatientFactory(unreachable=True), start=next_week())
    return CallTask.objects.get(appointment=appointment)


@pytest.mark.django_db
class TestAsked:
    def test_before_the_start_is_phoned_before_it(self):
        appointment = make.appointment(start=next_week())
        participant = ask_for_a_call(appointment, appointment.start - timedelta(minutes=20))
        task = CallTask.objects.get()
        assert (task.reason, task.call_before, task.participant) == ("asked", appointment.start, participant)

    def test_after_the_start_is_phoned_within_two_minutes(self):
        appointment = make.appointment(start=next_week())
        late = appointment.start + timedelta(minutes=5)
        ask_for_a_call(appointment, late)
        assert CallTask.objects.get().call_before == late + timedelta(minutes=2)

    def test_twice_is_one_call(self):
        appointment = make.appointment(start=next_week())
        for minutes in (20, 10):
            ask_for_a_call(appointment, appointment.start - timedelta(minutes=minutes))
        assert CallTask.objects.count() == 1

    def test_again_after_the_call_is_another_call(self):
        appointment = make.appointment(start=next_week())
        ask_for_a_call(appointment, appointment.start - timedelta(minutes=20))
        complete_call_task(task=CallTask.objects.get(), outcome=CallOutcome.REACHED, by="user:1", now=timezone.now())
        ask_for_a_call(appointment, appointment.start - timedelta(minutes=10))
        assert CallTask.objects.filter(done_at=None).count() == 1

    def test_consult_that_goes_on_by_phone_makes_an_open_request_urgent(self):
        appointment = make.appointment(start=next_week())
        ask_for_a_call(appointment, appointment.start - timedelta(minutes=20))
        then = appointment.start - timedelta(minutes=10)
        go_on_by_phone(appointment, then)
        assert CallTask.objects.get().call_before == then + timedelta(minutes=2)


@pytest.mark.django_db
class TestDone:
    NOW = make.amsterdam("2026-11-23", "09.30")

    def complete(self, task, outcome, by="user:7"):
        return complete_call_task(task=task, outcome=outcome, by=by, now=self.NOW)

    @pytest.mark.parametrize("outcome", [CallOutcome.REACHED, CallOutcome.WRONG_NUMBER, CallOutcome.NOT_NEEDED])
    def test_ends_the_task_and_says_who(self, unreachable, outcome):
        done = self.complete(unreachable, outcome)
        assert (done.outcome, done.done_by, done.done_at) == (outcome, "user:7", self.NOW)
        assert not open_call_tasks(unreachable.appointment.department, now=self.NOW).exists()
        assert Event.objects.filter(kind="patient.phoned").get().data["outcome"] == outcome

    @pytest.mark.parametrize("outcome", [CallOutcome.NO_ANSWER, CallOutcome.VOICEMAIL])
    def test_without_reaching_anyone_leaves_the_task_open(self, unreachable, outcome):
        self.complete(unreachable, outcome)
        task = self.complete(unreachable, outcome)
        assert (task.is_open, task.tries, task.tried_at, task.outcome) == (True, 2, self.NOW, outcome)

    def test_by_someone_else_first_writes_nothing(self, unreachable):
        self.complete(unreachable, CallOutcome.REACHED)
        answer = self.complete(unreachable, CallOutcome.WRONG_NUMBER, by="user:8")
        assert answer == AlreadyDone("user:7", self.NOW)
        assert CallTask.objects.get().outcome == CallOutcome.REACHED
        assert Event.objects.filter(kind="patient.phoned").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_finish_one_task_together_finish_it_once(unreachable):
    together, answers = threading.Barrier(2), []

    def finish(who):
        try:
            together.wait(10)
            task = CallTask.objects.get(pk=unreachable.pk)
            answers.append(complete_call_task(task=task, outcome=CallOutcome.REACHED, by=who, now=timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=finish, args=[f"user:{number}"]) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(isinstance(answer, AlreadyDone) for answer in answers) == [False, True]


@pytest.mark.django_db
def test_open_tasks_come_most_pressing_first_and_from_one_department_only():
    here, elsewhere = make.department(), make.department("neurologie")
    for at in ("15.00", "13.40"):
        make.appointment(
            patient=make.PatientFactory(unreachable=True, department=here), department=here, start=next_week(at)
        )
    make.appointment(
        patient=make.PatientFactory(unreachable=True, department=elsewhere),
        department=elsewhere,
        start=next_week(),
    )
    tasks = list(open_call_tasks(here, now=timezone.now()))
    assert len(tasks) == 2
    assert tasks == sorted(tasks, key=lambda task: (task.call_before, task.pk))
    assert {task.appointment.department for task in tasks} == {here}


@pytest.mark.django_db
def test_open_tasks_leave_out_what_an_appointment_that_is_over_should_have_told():
    unreachable = make.PatientFactory(unreachable=True)
    booked = make.appointment(patient=unreachable, start=next_week())
    before, after = booked.end - timedelta(minutes=1), booked.end
    assert [task.appointment for task in open_call_tasks(booked.department, now=before)] == [booked]
    assert not open_call_tasks(booked.department, now=after).exists()
