"""Once more: over which channel, with a fresh link, and when not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions.resending import NotAgain, NotResent, resend_message
from notifications.models import BrokenAddress, Channel, Message
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import AppointmentLink
from tests import factories as make
from tests.notifications.conftest import confirmation, next_week

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(booked, sweep, mailbox):
    appointment = booked()
    sweep()
    return confirmation(appointment)


def again(message, channel=Channel.EMAIL, *, now=None):
    return resend_message(message=message, channel=channel, now=now or timezone.now())


def why(message, channel=Channel.EMAIL, *, now=None):
    answer = again(message, channel, now=now)
    assert isinstance(answer, NotResent), answer
    return answer.why


def test_resent_message_goes_out_with_a_link_of_its_own(sent, sweep, mailbox):
    new = again(sent)
    sweep()
    new.refresh_from_db()
    assert (new.state, new.kind, new.schedule_version) == ("sent", sent.kind, sent.schedule_version)
    assert len(mailbox.messages) == 2
    assert {sent.link_ref, new.link_ref} == set(AppointmentLink.objects.values_list("ref", flat=True))


def test_message_that_failed_may_go_over_another_channel(booked, sweep, mailbox, settings):
    settings.SMS_PROVIDER = "generic"
    appointment = booked()
    mailbox.refuse(550)
    sweep()
    new = again(confirmation(appointment), Channel.SMS)
    assert (new.channel, new.state) == ("sms", "planned")


def test_once_in_ten_minutes_whatever_the_clock_says(sent):
    now = timezone.now()
    assert isinstance(again(sent, now=now), Message)
    refused = again(sent, now=now + timedelta(minutes=9, seconds=59))
    assert (refused.why, refused.since) == (NotAgain.TOO_SOON, now)
    assert isinstance(again(sent, now=now + timedelta(minutes=10)), Message)


def test_guard_of_ten_minutes_counts_for_each_message_of_the_appointment(sent):
    other = Message.objects.create(
        **{
            name: getattr(sent, name)
            for name in ("department", "patient", "appointment", "participant", "schedule_version", "due_at")
        },
        occasion_key="another",
        kind="moved",
        channel="email",
        state="sent",
        try_at=sent.due_at,
        not_after=sent.not_after,
    )
    again(sent)
    assert why(other) is NotAgain.TOO_SOON


def test_message_that_is_still_to_come_is_not_sent_twice(booked):
    assert why(confirmation(booked())) is NotAgain.ON_ITS_WAY


def test_message_of_an_older_version_is_not_sent_again(sent):
    moved = make.move_appointment(
        appointment=sent.appointment,
        start=next_week("14.30"),
        by="system",
        now=timezone.now(),
        expected_version=1,
    )
    assert moved.schedule_version == 2
    assert why(sent) is NotAgain.REPLACED


def test_cancelled_appointment_is_not_confirmed_again_but_its_cancellation_may_be(sent, sweep):
    cancel_appointment(appointment=sent.appointment, by="system", now=timezone.now() - timedelta(minutes=3))
    assert why(Message.objects.get(pk=sent.pk)) is NotAgain.REPLACED
    sweep()
    off = Message.objects.get(appointment=sent.appointment, kind="cancelled", channel="email")
    assert isinstance(again(off), Message)


def test_nothing_is_sent_again_after_the_appointment(sent):
    assert why(sent, now=sent.appointment.end) is NotAgain.OVER


@pytest.mark.parametrize("kind", ["delay", "almost"])
def test_news_of_one_moment_is_not_sent_again(sent, kind):
    sent.kind = kind
    sent.save()
    assert why(sent) is NotAgain.OF_THE_MOMENT


def test_reminder_of_the_day_makes_way_for_that_of_the_hour(sent):
    reminders = Message.objects.filter(appointment=sent.appointment, channel="email")
    reminders.filter(kind="day_before").update(state="sent", sent_at=timezone.now())
    hour = reminders.get(kind="hour_before")
    assert why(reminders.get(kind="day_before"), now=hour.due_at) is NotAgain.NEARER_REMINDER
    assert isinstance(again(reminders.get(kind="day_before"), now=hour.due_at - timedelta(minutes=1)), Message)


def test_channel_that_does_not_reach_them_is_refused_with_what_stands_between(sent):
    BrokenAddress.objects.create(channel="email", address=sent.patient.email, since=timezone.now())
    refused = again(sent)
    assert (refused.why, refused.barrier) == (NotAgain.NO_WAY, "broken")


def test_who_must_not_be_written_to_gets_nothing(sent):
    sent.patient.unsafe_address = True
    sent.patient.save()
    assert why(Message.objects.get(pk=sent.pk)) is NotAgain.NOT_WRITTEN_TO


def test_invitation_without_an_appointment_may_be_sent_again():
    patient = make.PatientFactory()
    now = timezone.now()
    invitation = Message.objects.create(
        department=make.department(),
        patient=patient,
        occasion_key="invited",
        kind="invitation",
        channel="email",
        state="failed",
        due_at=now - timedelta(days=2),
        try_at=now,
        not_after=now - timedelta(days=1),
    )
    new = again(invitation, now=now)
    assert (new.kind, new.not_after) == ("invitation", now + timedelta(days=1))
    assert why(invitation, now=now) is NotAgain.TOO_SOON
