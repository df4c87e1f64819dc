"""A person phones: the channel of last resort (PP-45, PP-51)."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from events.catalogue import CallRequested, ContinuedByPhone
from events.log import record
from events.models import Event
from notifications.actions.call_results import (
    AlreadyDone,
    CallReport,
    complete_call_task,
    complete_calls,
    settle_without_call,
    try_call_again,
)
from notifications.actions.calls import open_call_task_for_patient
from notifications.models import NOT_REACHED, BrokenAddress, CallOutcome, CallTask, InsteadOfCall
from notifications.queries.calls import calls_made, open_call_tasks, unreached_call_tasks
from tests import factories as make
from tests.notifications.conftest import next_week
from tests.support.together import together


def of(appointment):
    return {
        "appointment": appointment.pk,
        "session": appointment.session_id,
        "department": appointment.department_id,
    }


def ask_for_a_call(appointment, at):
    participant = appointment.participants.exclude(role="clinician").get()
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

    @pytest.mark.parametrize("outcome", [CallOutcome.REACHED, CallOutcome.NOT_NEEDED])
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
        assert task.call_after == self.NOW + timedelta(hours=1)

    @pytest.mark.parametrize("outcome", NOT_REACHED)
    def test_in_vain_as_often_as_agreed_is_given_up_and_stays_in_sight(self, unreachable, outcome):
        for _ in range(3):
            task = self.complete(unreachable, outcome)
        assert (task.is_given_up, task.done_by, task.call_after) == (True, "user:7", None)
        here = unreachable.department
        assert list(unreached_call_tasks(here, now=self.NOW)) == [task]
        assert not open_call_tasks(here, now=self.NOW).exists()

    def test_given_up_is_out_of_sight_once_something_else_was_done(self, unreachable):
        for _ in range(3):
            task = self.complete(unreachable, CallOutcome.NO_ANSWER)
        settle_without_call(task=task, how=InsteadOfCall.LETTER, by="user:9", now=self.NOW)
        assert not unreached_call_tasks(unreachable.department, now=self.NOW).exists()
        assert Event.objects.get(kind="call_task.settled").data["how"] == "letter"
        again = settle_without_call(task=task, how=InsteadOfCall.OTHERWISE, by="user:8", now=self.NOW)
        assert again == AlreadyDone("user:9", self.NOW)

    def test_given_up_is_tried_once_more_on_request(self, unreachable):
        for _ in range(3):
            task = self.complete(unreachable, CallOutcome.NO_ANSWER)
        assert try_call_again(task=task)
        assert open_call_tasks(unreachable.department, now=self.NOW).get() == task
        assert not try_call_again(task=task)
        assert self.complete(task, CallOutcome.NO_ANSWER).is_given_up

    def test_agreements_of_the_department_say_how_often_and_when(self, unreachable):
        make.policy(unreachable.department, call_tries=2, call_again_minutes=30)
        assert self.complete(unreachable, CallOutcome.NO_ANSWER).call_after == self.NOW + timedelta(minutes=30)
        assert self.complete(unreachable, CallOutcome.NO_ANSWER).is_given_up

    def test_evening_call_in_vain_is_tried_again_next_morning(self, unreachable):
        evening = make.amsterdam("2026-11-23", "19.30")
        task = complete_call_task(task=unreachable, outcome=CallOutcome.NO_ANSWER, by="user:7", now=evening)
        assert task.call_after == make.amsterdam("2026-11-24", "8.00")

    def test_wrong_number_asks_for_the_right_one(self, unreachable):
        task = self.complete(unreachable, CallOutcome.WRONG_NUMBER)
        assert (task.is_open, task.needs) == (True, ["wrong_number", "unreachable"])
        task = self.complete(unreachable, CallOutcome.NO_ANSWER)
        assert task.needs == ["unreachable"]

    def test_by_someone_else_first_writes_nothing(self, unreachable):
        self.complete(unreachable, CallOutcome.REACHED)
        answer = self.complete(unreachable, CallOutcome.WRONG_NUMBER, by="user:8")
        assert answer == AlreadyDone("user:7", self.NOW)
        assert CallTask.objects.get().outcome == CallOutcome.REACHED
        assert Event.objects.filter(kind="patient.phoned").count() == 1


@pytest.mark.django_db
class TestWrongNumber:
    NOW = make.amsterdam("2026-11-23", "09.30")

    def phone(self, patient, number=""):
        held = make.appointment(patient=patient, start=next_week())
        ask_for_a_call(held, self.NOW)
        task = CallTask.objects.get(reason="asked")
        report = CallReport(CallOutcome.WRONG_NUMBER, number=number)
        return complete_calls(tasks=[task], report=report, by="user:7", now=self.NOW)

    def test_of_a_mobile_gets_no_text_messages_any_more(self):
        self.phone(make.PatientFactory(mobile="+31612345678"))
        assert BrokenAddress.objects.values_list("channel", "address").get() == ("sms", "+31612345678")

    def test_of_a_landline_says_nothing_of_the_mobile(self):
        self.phone(make.PatientFactory(mobile="+31612345678", phone="+31201234567"), number="+31201234567")
        assert not BrokenAddress.objects.exists()

    def test_of_a_parent_is_the_parents(self):
        child, mother = make.child_with_parent(make.next_workday())
        self.phone(child)
        assert BrokenAddress.objects.values_list("address").get() == (mother.mobile,)


@pytest.mark.django_db
def test_one_call_about_two_things_is_one_fact_of_each_appointment():
    now = make.amsterdam("2026-11-23", "09.30")
    patient = make.PatientFactory(unreachable=True)
    first, second = (make.appointment(patient=patient, start=next_week(at)) for at in ("9.00", "15.00"))
    ask_for_a_call(first, now)
    tasks = list(CallTask.objects.order_by("reason", "pk"))
    assert [task.reason for task in tasks] == ["asked", "no_channel", "no_channel"]
    complete_calls(tasks=tasks, report=CallReport(CallOutcome.REACHED), by="user:7", now=now)
    assert not CallTask.objects.filter(done_at=None).exists()
    phoned = Event.objects.filter(kind="patient.phoned").values_list("appointment_id", flat=True)
    assert sorted(phoned) == [first.pk, second.pk]


@pytest.mark.django_db
def test_call_does_not_finish_the_task_of_another_patient(unreachable):
    other = make.appointment(patient=make.PatientFactory(unreachable=True), start=next_week("15.00"))
    theirs = CallTask.objects.get(appointment=other)
    report = CallReport(CallOutcome.REACHED)
    complete_calls(tasks=[unreachable, theirs], report=report, by="user:7", now=TestDone.NOW)
    theirs.refresh_from_db()
    assert theirs.is_open


@pytest.mark.django_db
class TestAsLongAsThereIsTime:
    def test_consult_in_half_an_hour_is_tried_again_sooner(self, unreachable):
        now = unreachable.appointment.end - timedelta(minutes=30)
        task = complete_call_task(task=unreachable, outcome=CallOutcome.NO_ANSWER, by="user:7", now=now)
        assert task.call_after == now + timedelta(minutes=10)

    def test_who_asked_is_phoned_also_when_the_consult_is_over(self):
        appointment = make.appointment(start=next_week())
        ask_for_a_call(appointment, appointment.start)
        after = appointment.end + timedelta(hours=1)
        done = {"outcome": CallOutcome.NO_ANSWER, "by": "user:7", "now": after}
        assert complete_call_task(task=CallTask.objects.get(), **done).is_open


@pytest.mark.django_db
def test_calls_made_are_told_the_latest_first_with_and_without_an_appointment(unreachable):
    now = TestDone.NOW
    patient = unreachable.patient
    loose = open_call_task_for_patient(
        patient=patient,
        department=unreachable.department,
        reason=CallTask.Reason.NO_CHANNEL,
        occasion="order 1",
        call_before=now,
        now=now,
        about="invitation",
    )
    for minute, task in enumerate((unreachable, loose, unreachable)):
        complete_call_task(
            task=task, outcome=CallOutcome.NO_ANSWER, by=f"user:{minute}", now=now + timedelta(minutes=minute)
        )
    assert [call.by for call in calls_made([unreachable])] == ["user:2", "user:0"]
    loose.refresh_from_db()
    assert [call.by for call in calls_made([loose])] == ["user:1"]
    assert [call.by for call in calls_made([unreachable, loose])] == ["user:2", "user:1", "user:0"]


@pytest.mark.django_db(transaction=True)
def test_two_who_finish_one_task_together_finish_it_once(unreachable):
    def finish(who):
        task = CallTask.objects.get(pk=unreachable.pk)
        return complete_call_task(task=task, outcome=CallOutcome.REACHED, by=who, now=timezone.now())

    answers = together(*[partial(finish, f"user:{number}") for number in (1, 2)])
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
    assert [timezone.localtime(task.call_before).hour for task in tasks] == sorted(
        timezone.localtime(task.call_before).hour for task in tasks
    )
    assert {task.appointment.department for task in tasks} == {here}


@pytest.mark.django_db
def test_open_tasks_leave_out_what_an_appointment_that_is_over_should_have_told():
    unreachable = make.PatientFactory(unreachable=True)
    booked = make.appointment(patient=unreachable, start=next_week())
    before, after = booked.end - timedelta(minutes=1), booked.end
    assert [task.appointment for task in open_call_tasks(booked.department, now=before)] == [booked]
    assert not open_call_tasks(booked.department, now=after).exists()
