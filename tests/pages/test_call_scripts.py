"""What to say on the phone: why we call, once per appointment, and one question per need."""

import pytest
from django.utils import timezone, translation

from notifications.actions.calls import open_call_task, open_call_task_for_patient
from notifications.models import CallTask, MessageKind
from pages.call_scripts import NEEDS, need_words, script_of
from praktijkplan.calling import Need
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def task_for(held, reason, **more):
    return open_call_task(
        appointment=held, reason=reason, occasion="1", call_before=held.start, now=timezone.now(), **more
    )


@pytest.mark.parametrize("reason", [reason for reason in CallTask.Reason if reason != CallTask.Reason.PREPARE])
def test_every_reason_says_when_the_appointment_is(reason):
    held = make.appointment(start=make.amsterdam(make.next_workday(), "10.20"))
    (line,) = script_of([task_for(held, reason)], [])
    assert "10.20" in line


def test_preparing_asks_what_is_needed_for_video():
    held = make.appointment()
    task = CallTask(appointment=held, reason=CallTask.Reason.PREPARE)
    lines = script_of([task], [Need.FIRST_VIDEO])
    assert len(lines) == 4
    assert "first video call" in lines[1]


def test_several_reasons_about_one_appointment_are_said_as_one():
    held = make.appointment()
    tasks = [task_for(held, reason) for reason in (CallTask.Reason.FAILED, CallTask.Reason.ASKED)]
    lines = script_of(tasks, [])
    assert len(lines) == 1
    assert lines[0].startswith("You asked us to call")


def test_of_two_appointments_the_reason_is_said_once():
    day = make.next_workday()
    patient = make.PatientFactory()
    booked = [make.appointment(patient=patient, start=make.amsterdam(day, at)) for at in ("9.00", "15.00")]
    both, short = script_of([task_for(held, CallTask.Reason.FAILED) for held in booked], [])
    assert both.startswith("Our message did not reach you.")
    assert short.startswith("The same goes for")
    assert {"9.00", "15.00"} == {clock for clock in ("9.00", "15.00") if clock in both + short}


def test_other_reason_about_another_appointment_is_said_in_full():
    patient = make.PatientFactory()
    tasks = [
        task_for(make.appointment(patient=patient, start=make.amsterdam(make.next_workday(), at)), reason)
        for at, reason in (("9.00", CallTask.Reason.FAILED), ("15.00", CallTask.Reason.ASKED))
    ]
    assert not any("same" in line for line in script_of(tasks, []))


def test_message_about_a_cancellation_is_told_as_one():
    held = make.appointment()
    task = task_for(held, CallTask.Reason.NO_CHANNEL, about=MessageKind.CANCELLED)
    assert "is cancelled" in script_of([task], [])[0]


def test_what_was_moved_is_told_as_moved_before_what_merely_stands():
    day, patient = make.next_workday(), make.PatientFactory()
    stands, moved = (make.appointment(patient=patient, start=make.amsterdam(day, at)) for at in ("9.00", "15.00"))
    tasks = [
        task_for(stands, CallTask.Reason.NO_CHANNEL, about=MessageKind.CONFIRMATION),
        task_for(moved, CallTask.Reason.NO_CHANNEL, about=MessageKind.MOVED),
    ]
    first, second = script_of(tasks, [])
    assert first.startswith("Your appointment is moved to")
    assert "15.00" in first
    assert "9.00" in second


@pytest.mark.parametrize("about", [MessageKind.INVITATION, MessageKind.FEEDBACK])
def test_without_an_appointment_no_moment_is_named(about):
    patient = make.PatientFactory()
    task = open_call_task_for_patient(
        patient=patient,
        department=make.department(),
        reason=CallTask.Reason.NO_CHANNEL,
        occasion="1",
        call_before=timezone.now(),
        now=timezone.now(),
        about=about,
    )
    (line,) = script_of([task], [])
    assert "%" not in line


def test_every_need_has_a_word():
    assert set(NEEDS) == set(Need)
    assert need_words(["help", "unheard of"]) == ["needs help", "unheard of"]
