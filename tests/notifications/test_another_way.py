"""What does not arrive over one channel is told over another, and else by a person: never by nobody."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from notifications.actions.telling import tell_almost
from notifications.models import BrokenAddress, CallTask, Channel, Message, MessageState
from scheduling.actions.cancelling import cancel_appointment
from tests import factories as make
from tests.notifications.conftest import UNDO_IS_OVER, confirmation, facts_of, try_again_now

pytestmark = pytest.mark.django_db

MOBILE = "+31612345678"


@pytest.fixture
def gateway(sms_gateway, settings):
    settings.SMS_PROVIDER, settings.SMS_URL = "generic", sms_gateway.url("generic")
    return sms_gateway


@pytest.fixture
def reachable():
    """A patient who can be mailed and texted."""
    return make.PatientFactory(mobile=MOBILE)


def agree(**document):
    return make.policy(make.department(), **document)


class TestTextMessage:
    def test_goes_beside_the_mail(self, booked, sweep, mailbox, gateway, reachable):
        appointment = booked(patient=reachable)
        sweep()
        [text] = gateway.to(MOBILE)
        assert "http://localhost:8000/v/" in text.text
        assert len(mailbox.messages) == 1
        kept = confirmation(appointment, Channel.SMS)
        assert (kept.state, kept.sent_to, kept.provider) == (MessageState.SENT, MOBILE, "generic")
        assert kept.provider_id == f"at-the-gateway-{kept.public_id}"
        assert (kept.segments, kept.cost) == (1, Decimal("0.08"))
        assert "/v/…" in kept.body
        assert text.text not in kept.body

    def test_has_the_same_name_at_each_try(self, booked, sweep, mailbox, gateway, reachable):
        booked(patient=reachable)
        gateway.reset(at="AFTER_OFFER", times=1)
        sweep()
        try_again_now()
        sweep()
        assert len(gateway.offers) == 2
        assert len(gateway.messages) == 1

    def test_gateway_that_is_gone_costs_no_attempt(self, booked, sweep, mailbox, gateway, reachable, settings):
        url, settings.SMS_URL = settings.SMS_URL, "http://127.0.0.1:1/sms"
        appointment = booked(patient=reachable)
        sweep()
        message = confirmation(appointment, Channel.SMS)
        assert (message.state, message.failures) == (MessageState.PLANNED, 0)
        assert len(mailbox.messages) == 1
        settings.SMS_URL = url
        sweep()
        assert len(gateway.messages) == 1

    def test_gateway_that_does_not_let_us_in_is_asked_once(self, booked, sweep, mailbox, gateway):
        for number in ("+31612345671", "+31612345672", "+31612345673"):
            booked(patient=make.PatientFactory(mobile=number))
        gateway.refuse(401)
        sweep()
        assert gateway.refused == 1
        waiting = Message.objects.filter(channel=Channel.SMS, kind="confirmation")
        assert set(waiting.values_list("state", "failures")) == {(MessageState.PLANNED, 0)}


class TestWhenOneChannelFails:
    def test_text_that_went_makes_a_call_for_the_mail_needless(self, booked, sweep, mailbox, gateway, reachable):
        appointment = booked(patient=reachable)
        mailbox.refuse(550)
        sweep()
        assert confirmation(appointment).state == MessageState.FAILED
        assert confirmation(appointment, Channel.SMS).state == MessageState.SENT
        assert not CallTask.objects.exists()

    def test_mail_that_went_makes_a_call_for_the_text_needless(self, booked, sweep, mailbox, gateway, reachable):
        gateway.unknown_numbers.add(MOBILE)
        appointment = booked(patient=reachable)
        sweep()
        assert confirmation(appointment, Channel.SMS).state == MessageState.FAILED
        assert not CallTask.objects.exists()

    def test_both_failing_is_one_call(self, booked, sweep, mailbox, gateway, reachable):
        gateway.unknown_numbers.add(MOBILE)
        mailbox.refuse(550)
        booked(patient=reachable)
        sweep()
        assert [task.reason for task in CallTask.objects.all()] == ["failed"]

    def test_both_put_off_until_it_is_late_is_a_call(self, booked, sweep, mailbox, gateway, reachable):
        mailbox.refuse(451)
        gateway.refuse(503)
        booked(patient=reachable)
        Message.objects.update(not_after=timezone.now() + timedelta(minutes=20))
        sweep()
        assert [task.reason for task in CallTask.objects.all()] == ["failed"]

    def test_text_takes_the_place_of_a_mail_that_failed(self, booked, sweep, mailbox, gateway, reachable):
        agree(sms_when="without_mail")
        appointment = booked(patient=reachable)
        assert not Message.objects.filter(channel=Channel.SMS).exists()
        mailbox.refuse(554)
        sweep()
        instead = confirmation(appointment, Channel.SMS)
        assert instead.details["instead_of"] == "email"
        Message.objects.filter(pk=instead.pk).update(due_at=timezone.now(), try_at=timezone.now())
        sweep()
        assert len(gateway.to(MOBILE)) == 1
        assert not CallTask.objects.exists()

    def test_text_that_took_its_place_and_failed_too_is_a_call(self, booked, sweep, mailbox, gateway, reachable):
        agree(sms_when="without_mail")
        gateway.unknown_numbers.add(MOBILE)
        booked(patient=reachable)
        mailbox.refuse(554)
        sweep()
        Message.objects.filter(channel=Channel.SMS).update(try_at=timezone.now())
        sweep()
        assert [task.reason for task in CallTask.objects.all()] == ["failed"]

    def test_number_that_takes_no_texts_is_not_tried_again(self, booked, sweep, mailbox, gateway, reachable):
        gateway.unknown_numbers.add(MOBILE)
        booked(patient=reachable)
        sweep()
        assert BrokenAddress.objects.get().channel == Channel.SMS
        Message.objects.update(try_at=timezone.now(), due_at=timezone.now())
        sweep()
        assert len(gateway.offers) == 1
        assert not CallTask.objects.exists()

    def test_nobody_is_phoned_for_what_is_only_kind_to_send(self, booked, sweep, mailbox, reachable):
        appointment = booked(patient=reachable)
        sweep()
        tell_almost(appointment=appointment, occasion="1", now=timezone.now())
        mailbox.refuse(550)
        sweep()
        assert Message.objects.get(kind="almost", channel=Channel.EMAIL).state == MessageState.FAILED
        assert not CallTask.objects.exists()


class TestEverybodyHears:
    """Without mail and phone, with a landline only, with an address that bounces: each ends with a person's task."""

    @pytest.mark.parametrize(
        "how", [{"email": "", "mobile": ""}, {"email": "", "mobile": "", "phone": "+31201234567"}], ids=str
    )
    def test_who_cannot_be_written_to_is_phoned(self, booked, sweep, mailbox, gateway, how):
        booked(patient=make.PatientFactory(**how))
        sweep()
        assert [task.reason for task in CallTask.objects.all()] == ["no_channel"]
        assert mailbox.messages == gateway.messages == []

    def test_who_has_a_landline_for_a_mobile_number_is_phoned(self, booked, sweep, mailbox, gateway):
        booked(patient=make.PatientFactory(email="", mobile="+31201234567"))
        sweep()
        assert [task.reason for task in CallTask.objects.all()] == ["no_channel"]

    def test_whose_address_is_refused_is_phoned(self, booked, sweep, mailbox, gateway):
        mailbox.refuse(550)
        booked(patient=make.PatientFactory(mobile=""))
        sweep()
        assert [task.reason for task in CallTask.objects.all()] == ["failed"]


class TestWhatHoldsAtThatMoment:
    def test_who_wants_no_mail_any_more_gets_the_text_only(self, booked, sweep, mailbox, gateway, reachable):
        appointment = booked(patient=reachable)
        reachable.mail_consent = "refused"
        reachable.save()
        sweep()
        assert mailbox.messages == []
        assert len(gateway.messages) == 1
        assert confirmation(appointment).state == MessageState.SUPERSEDED
        assert not CallTask.objects.exists()

    def test_who_wants_neither_any_more_is_phoned(self, booked, sweep, mailbox, gateway, reachable):
        booked(patient=reachable)
        reachable.mail_consent = reachable.sms_consent = "refused"
        reachable.save()
        sweep()
        assert mailbox.messages == gateway.messages == []
        assert [task.reason for task in CallTask.objects.all()] == ["failed"]
        assert len(facts_of("message.failed")) == 1

    def test_kind_that_the_department_switched_off_is_not_sent(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        agree(messages_off=["day_before"])
        Message.objects.filter(kind="day_before").update(try_at=timezone.now())
        sweep()
        assert len(mailbox.messages) == 1
        states = Message.objects.filter(appointment=appointment, kind="day_before").values_list("state", flat=True)
        assert set(states) == {MessageState.SUPERSEDED}

    def test_almost_your_turn_is_not_told_when_it_is_off(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        tell_almost(appointment=appointment, occasion="1", now=timezone.now())
        cancel_appointment(appointment=appointment, by="user:1", now=timezone.now() - UNDO_IS_OVER)
        sweep()
        states = Message.objects.filter(kind="almost").values_list("state", flat=True)
        assert set(states) == {MessageState.SUPERSEDED}
        assert [mail["Subject"] for mail in mailbox.messages][1:] == ["Uw afspraak gaat niet door"]
