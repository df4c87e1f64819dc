"""Who wants no e-mail gets none; what is planned follows, and a person phones where nothing else reaches them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Event
from notifications.actions.consents import state_consent, wish_of
from notifications.models import CallTask, Channel, Message, MessageState
from people.models.patients import Consent
from tests import factories as make
from tests.notifications.conftest import facts_of, next_week, plan_of

pytestmark = pytest.mark.django_db

GIVEN, REFUSED = Consent.GIVEN, Consent.REFUSED


def state(person, wish, channel=Channel.EMAIL):
    return state_consent(person=person, channel=channel, wish=wish, by="user:1", now=timezone.now())


def open_calls():
    return list(CallTask.objects.filter(done_at=None).order_by("call_before").values_list("appointment", "reason"))


def pending(appointment, channel="email"):
    return [kind for kind, state in plan_of(appointment, channel) if state == MessageState.PLANNED]


@pytest.fixture
def sms(settings):
    settings.SMS_PROVIDER = "generic"


def test_refused_before_anything_went_out_is_phoned_about(booked, sweep, mailbox):
    """Mrs Özdemir wants no e-mail, and this hospital has no text messages."""
    appointment = booked()

    assert state(appointment.patient, REFUSED)

    assert pending(appointment) == []
    assert open_calls() == [(appointment.pk, "no_channel")]
    sweep()
    assert mailbox.messages == []


def test_each_coming_appointment_is_a_call(booked):
    first = booked()
    second = booked(patient=first.patient, start=next_week("15.30"))
    over = booked(patient=make.PatientFactory())

    state(first.patient, REFUSED)

    assert sorted(open_calls()) == sorted([(first.pk, "no_channel"), (second.pk, "no_channel")])
    assert pending(over)


def test_refused_after_the_confirmation_still_takes_the_reminders_back(booked, sweep, mailbox):
    appointment = booked()
    sweep()

    state(appointment.patient, REFUSED)

    assert pending(appointment) == []
    assert ("confirmation", "sent") in plan_of(appointment)
    assert open_calls() == [(appointment.pk, "no_channel")]


def test_text_messages_remain_and_nobody_phones(booked, sms):
    appointment = booked()
    texts = pending(appointment, "sms")

    state(appointment.patient, REFUSED)

    assert pending(appointment) == []
    assert pending(appointment, "sms") == texts != []
    assert open_calls() == []


def test_refusing_both_is_a_call(booked, sms):
    appointment = booked()
    state(appointment.patient, REFUSED)
    state(appointment.patient, REFUSED, Channel.SMS)
    assert pending(appointment, "sms") == []
    assert open_calls() == [(appointment.pk, "no_channel")]


def test_taken_back_everything_is_planned_again_and_nobody_phones(booked, sweep, mailbox):
    appointment = booked()
    before = pending(appointment)
    state(appointment.patient, REFUSED)

    assert state(appointment.patient, GIVEN)

    assert pending(appointment) == before
    assert open_calls() == []
    sweep()
    assert len(mailbox.messages) == 1


def test_refused_again_is_a_call_again(booked):
    appointment = booked()
    for wish in (REFUSED, GIVEN, REFUSED):
        state(appointment.patient, wish)
    assert open_calls() == [(appointment.pk, "no_channel")]


def test_stated_twice_is_stated_once(booked):
    appointment = booked()
    assert state(appointment.patient, REFUSED)
    assert not state(appointment.patient, REFUSED)
    assert facts_of("consent.stated") == [
        {"patient": appointment.patient_id, "representative": None, "channel": "email", "wish": "refused"}
    ]
    assert Event.objects.get(kind="consent.stated").actor == "user:1"


def test_next_booking_plans_no_mail(booked):
    patient = make.PatientFactory()
    state(patient, REFUSED)
    appointment = booked(patient=patient)
    assert plan_of(appointment) == []
    assert open_calls() == [(appointment.pk, "no_channel")]


def test_mother_refuses_for_herself_and_the_father_still_reads(booked, sweep, mailbox):
    child, mother = make.child_with_parent(next_week().date())
    father = make.RepresentativeFactory(patient=child, relation="vader", valid_from=mother.valid_from)
    appointment = booked(patient=child)

    state(mother, REFUSED)

    assert wish_of(mother, Channel.EMAIL) is REFUSED
    assert set(
        Message.objects.filter(channel="email", state="planned").values_list("participant__representative")
    ) == {(father.pk,)}
    assert open_calls() == []
    sweep()
    assert mailbox.to(mother.email) == []
    assert len(mailbox.to(father.email)) == 1
    assert appointment.patient.mail_consent == ""


def test_mail_that_is_being_made_as_they_refuse_does_not_go(booked, sweep, mailbox):
    """Claimed rows are their sender's, who looks once more before sending."""
    appointment = booked()
    Message.objects.filter(appointment=appointment, channel="email", kind="confirmation").update(
        state=MessageState.CLAIMED, attempt=1, leased_until=timezone.now() - timedelta(minutes=2)
    )
    state(appointment.patient, REFUSED)
    sweep()
    assert mailbox.messages == []
    assert [reason for _, reason in open_calls()] != []
