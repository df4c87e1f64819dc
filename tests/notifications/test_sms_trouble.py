"""The gateway refuses, hangs, resets or is gone while a sweep sends: nothing is lost, doubled or silent."""

import pytest

from notifications.models import BrokenAddress, CallTask, Channel, MessageState
from notifications.tasks import send_due
from tests import factories as make
from tests.notifications.conftest import confirmation, facts_of, patience_with, try_again_now
from tests.support.smsgateway import NOWHERE

pytestmark = pytest.mark.django_db
MOBILE = "06 12345678"


@pytest.fixture
def by_sms(booked, sms_gateway):
    """Booked for someone whom only text messages reach."""

    def book():
        return booked(patient=make.PatientFactory(email="", mobile=MOBILE))

    return book


def state_of(appointment):
    message = confirmation(appointment, Channel.SMS)
    return message.state, message.failures


def test_sent_is_known_with_its_cost(by_sms, sms_gateway, settings):
    appointment = by_sms()
    send_due()
    message = confirmation(appointment, Channel.SMS)
    (received,) = sms_gateway.messages
    assert (received.to, received.reference) == ("+31612345678", str(message.public_id))
    assert message.state == MessageState.SENT
    assert (message.sent_to, message.provider) == (MOBILE, "generic")
    assert message.provider_id == f"at-the-gateway-{message.public_id}"
    assert message.cost == message.segments * settings.SMS_PRICE
    assert "/v/…" in message.body
    assert abs(int(received.validity) - (message.not_after - message.sent_at).total_seconds()) < 5
    assert not CallTask.objects.exists()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("at", ["OFFER", "AFTER_OFFER"])
def test_asked_to_come_back_later_it_does(by_sms, sms_gateway, status, at):
    appointment = by_sms()
    sms_gateway.refuse(status, at=at, times=1)
    send_due()
    assert state_of(appointment) == (MessageState.PLANNED, 1)
    assert confirmation(appointment, Channel.SMS).problem.startswith(str(status))
    try_again_now()
    send_due()
    assert state_of(appointment) == (MessageState.SENT, 1)
    assert len(sms_gateway.messages) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_refused_for_good_becomes_a_call_at_once(by_sms, sms_gateway, status):
    appointment = by_sms()
    sms_gateway.refuse(status)
    send_due()
    assert confirmation(appointment, Channel.SMS).state == MessageState.FAILED
    task = CallTask.objects.get(done_at=None)
    assert (task.reason, task.about, task.appointment) == ("failed", "confirmation", appointment)
    assert [fact["reason"] for fact in facts_of("message.failed")] == [str(status)]
    assert not BrokenAddress.objects.exists()


def test_number_that_does_not_exist_is_not_tried_again(by_sms, sms_gateway):
    appointment = by_sms()
    sms_gateway.unknown_numbers.add("+31612345678")
    send_due()
    assert confirmation(appointment, Channel.SMS).state == MessageState.FAILED
    assert BrokenAddress.objects.get().channel == Channel.SMS
    assert CallTask.objects.filter(done_at=None).count() == 1


@pytest.mark.parametrize("trouble", ["hang", "reset"])
@pytest.mark.parametrize("at", ["OFFER", "AFTER_OFFER"])
def test_broken_off_is_one_message_in_the_end(by_sms, sms_gateway, settings, trouble, at):
    settings.SMS_TIMEOUT = patience_with(trouble)
    appointment = by_sms()
    getattr(sms_gateway, trouble)(at=at, times=1)
    send_due()
    assert state_of(appointment) == (MessageState.PLANNED, 1)
    try_again_now()
    send_due()
    assert state_of(appointment) == (MessageState.SENT, 1)
    assert len(sms_gateway.messages) == 1
    assert len(sms_gateway.offers) == 2


def test_one_bad_number_does_not_hold_up_the_others(by_sms, sms_gateway):
    for _ in range(3):
        by_sms()
    sms_gateway.refuse(422, times=1)
    send_due()
    assert len(sms_gateway.messages) == 2
    assert CallTask.objects.filter(done_at=None).count() == 1


def test_nobody_listens_costs_no_attempt(by_sms, sms_gateway, settings):
    appointments = [by_sms() for _ in range(3)]
    settings.SMS_URL, here = NOWHERE, settings.SMS_URL
    send_due()
    assert [state_of(one) for one in appointments] == [(MessageState.PLANNED, 0)] * 3
    assert "no connection" in confirmation(appointments[0], Channel.SMS).problem
    settings.SMS_URL = here
    send_due()
    assert len(sms_gateway.messages) == 3


@pytest.mark.parametrize(("setting", "wrong"), [("SMS_KEY", ""), ("SMS_URL", "http://gateway.example/sms")])
def test_mistake_in_the_settings_fails_no_message(by_sms, sms_gateway, settings, setting, wrong):
    appointments, right = [by_sms() for _ in range(3)], getattr(settings, setting)
    setattr(settings, setting, wrong)
    send_due()
    assert [state_of(one) for one in appointments] == [(MessageState.PLANNED, 0)] * 3
    assert not CallTask.objects.exists()
    setattr(settings, setting, right)
    send_due()
    assert len(sms_gateway.messages) == 3


def test_mail_goes_on_while_the_gateway_is_gone(booked, sms_gateway, mailbox, settings):
    settings.SMS_URL = NOWHERE
    booked(patient=make.PatientFactory(email="", mobile=MOBILE))
    booked(patient=make.PatientFactory())
    send_due()
    assert len(mailbox.messages) == 1
