"""Messages without an appointment, and those of the day itself, at the moment of sending."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions.telling import ask_feedback, invite_to_plan, tell_delay
from notifications.models import CallTask, Message, MessageState
from praktijkplan.contact import Modality
from scheduling.models import Appointment, AppointmentStatus
from tests import factories as make
from tests.notifications.conftest import next_week

pytestmark = pytest.mark.django_db


def invite(patient, now=None):
    return invite_to_plan(
        patient=patient,
        department=make.department(),
        modality=Modality.VIDEO,
        before=next_week().date(),
        now=now or timezone.now(),
    )


def make_due():
    Message.objects.update(due_at=timezone.now(), try_at=timezone.now())


def states(kind):
    return set(Message.objects.filter(kind=kind, channel="email").values_list("state", flat=True))


def test_invitation_reaches_the_patient_without_an_appointment(sweep, mailbox):
    patient = make.PatientFactory()
    invite(patient)
    make_due()
    sweep()
    assert [mail["To"] for mail in mailbox.messages] == [patient.email]
    sent = Message.objects.get(kind="invitation", channel="email")
    assert (sent.state, sent.sent_to, sent.appointment) == (MessageState.SENT, patient.email, None)


def test_invitation_of_who_died_meanwhile_is_not_sent(sweep, mailbox):
    patient = make.PatientFactory()
    invite(patient)
    make_due()
    patient.deceased_on = timezone.localdate()
    patient.save()
    sweep()
    assert mailbox.messages == []
    assert states("invitation") == {MessageState.SUPERSEDED}
    assert not CallTask.objects.exists()


def test_invitation_that_is_refused_becomes_one_call(sweep, mailbox):
    patient = make.PatientFactory()
    invite(patient)
    make_due()
    mailbox.refuse(550)
    sweep()
    task = CallTask.objects.get()
    assert (task.reason, task.about, task.patient, task.appointment) == ("failed", "invitation", patient, None)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (AppointmentStatus.FULFILLED, MessageState.SENT),
        (AppointmentStatus.NO_SHOW, MessageState.SUPERSEDED),
        (AppointmentStatus.CANCELLED, MessageState.SUPERSEDED),
    ],
)
def test_feedback_is_asked_of_who_was_there(booked, sweep, mailbox, status, state):
    appointment = booked()
    sweep()
    ask_feedback(appointment=appointment, now=timezone.now())
    Appointment.objects.filter(pk=appointment.pk).update(status=status)
    make_due()
    sweep()
    assert states("feedback") == {state}


def test_delay_is_not_told_of_a_consult_that_was_held(booked, sweep, mailbox):
    appointment = booked()
    sweep()
    later = appointment.start + timedelta(minutes=30)
    tell_delay(appointment=appointment, begins_from=later, begins_until=later, occasion="1", now=timezone.now())
    Appointment.objects.filter(pk=appointment.pk).update(status=AppointmentStatus.FULFILLED)
    sweep()
    assert states("delay") == {MessageState.SUPERSEDED}
