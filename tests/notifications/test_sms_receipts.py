"""Receipts come late, twice, in any order, and about messages of nobody: each is written once, and the truth wins."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions.receipts import Taken, take_sms_receipt
from notifications.actions.results import mark_sent
from notifications.carriers import Kept
from notifications.channels.sms.shapes import Outcome, Receipt
from notifications.models import BrokenAddress, CallTask, Channel, Message, MessageKind, MessageState
from people.models import Patient
from scheduling.actions.cancelling import cancel_appointment
from tests import factories as make
from tests.notifications.conftest import facts_of, next_week

pytestmark = pytest.mark.django_db
NUMBER = "+31612345678"


@pytest.fixture(autouse=True)
def _texts_are_sent_here(settings):
    settings.SMS_PROVIDER = "generic"


def sms(appointment=None, **fields):
    """A text message about an appointment, as it is once the gateway took it over ten minutes ago."""
    appointment = appointment or make.appointment(
        patient=make.PatientFactory(email="", mobile=NUMBER), start=next_week(), now=timezone.now()
    )
    then = timezone.now() - timedelta(minutes=10)
    return Message.objects.create(
        **{
            "occasion_key": f"test:{uuid.uuid4()}",
            "department": appointment.department,
            "patient": appointment.patient,
            "appointment": appointment,
            "participant": appointment.participants.exclude(role="clinician").get(),
            "kind": MessageKind.CONFIRMATION,
            "channel": Channel.SMS,
            "schedule_version": appointment.schedule_version,
            "due_at": then,
            "try_at": then,
            "not_after": appointment.start,
            "state": MessageState.SENT,
            "offered_at": then,
            "sent_at": then,
            "sent_to": NUMBER,
            "provider": "bird",
            "provider_id": "e8077d80",
        }
        | fields
    )


def tell(message, outcome="delivered", provider="bird", **fields):
    receipt = Receipt(**{"reference": str(message.public_id), "outcome": Outcome(outcome)} | fields)
    taken = take_sms_receipt(provider=provider, receipt=receipt, now=timezone.now())
    message.refresh_from_db()
    return taken


class TestDelivered:
    def test_it_is_known_when_with_its_fact(self):
        message = sms()
        at = message.sent_at + timedelta(minutes=1)
        assert tell(message, at=at) == Taken.DELIVERED
        assert (message.delivered_at, message.state) == (at, MessageState.SENT)
        (fact,) = facts_of("message.delivered")
        assert (fact["message"], fact["channel"]) == (message.pk, "sms")

    def test_twice_is_once(self):
        message = sms()
        tell(message)
        first = message.delivered_at
        assert tell(message) == Taken.KNOWN
        assert message.delivered_at == first
        assert len(facts_of("message.delivered")) == 1

    @pytest.mark.parametrize("hours", [-48, 48])
    def test_clock_of_the_gateway_may_be_wrong(self, hours):
        message = sms()
        tell(message, at=timezone.now() + timedelta(hours=hours))
        assert message.offered_at <= message.delivered_at <= timezone.now()

    def test_found_by_the_name_that_the_gateway_gave_it(self):
        message = sms()
        assert tell(message, reference="something else", provider_id="e8077d80") == Taken.DELIVERED

    def test_names_of_two_gateways_are_not_mixed_up(self):
        message = sms()
        assert tell(message, reference="x", provider="cm", provider_id="e8077d80") == Taken.UNKNOWN
        assert message.delivered_at is None

    def test_before_our_own_mark_leaves_that_to_its_sender(self):
        message = sms(state=MessageState.CLAIMED, sent_at=None)
        tell(message)
        assert message.state == MessageState.CLAIMED
        assert message.delivered_at is not None

    def test_taken_but_not_heard_is_not_offered_again(self):
        """The connection broke; a gateway that knows no idempotency would send it to the patient twice."""
        message = sms(state=MessageState.PLANNED, sent_at=None, failures=1, problem="ConnectionResetError")
        tell(message)
        assert (message.state, message.problem) == (MessageState.SENT, "")
        assert message.sent_at == message.delivered_at

    def test_what_arrived_though_its_sender_was_killed_is_not_offered_again(self, sms_gateway, sweep):
        long_ago = timezone.now() - timedelta(minutes=5)
        message = sms(state=MessageState.CLAIMED, sent_at=None, attempt=1, leased_until=long_ago)
        tell(message)
        sweep()
        message.refresh_from_db()
        assert (message.state, message.sent_at) == (MessageState.SENT, message.offered_at)
        assert [one.reference for one in sms_gateway.offers if one.reference == str(message.public_id)] == []

    def test_without_a_receipt_it_is_offered_again(self, sms_gateway, sweep):
        """So that the test above is known to depend on it."""
        long_ago = timezone.now() - timedelta(minutes=5)
        message = sms(state=MessageState.CLAIMED, sent_at=None, attempt=1, leased_until=long_ago)
        sweep()
        message.refresh_from_db()
        assert message.state == MessageState.SENT
        assert [one.reference for one in sms_gateway.offers if one.reference == str(message.public_id)] != []

    @pytest.mark.parametrize("state", [MessageState.SUPERSEDED, MessageState.EXPIRED])
    def test_what_was_superseded_stays_so(self, state):
        message = sms(state=state, sent_at=None)
        tell(message)
        assert message.state == state
        assert message.delivered_at is not None


class TestUndelivered:
    def test_it_failed_and_a_person_phones(self):
        message = sms()
        assert tell(message, "failed", code="27") == Taken.FAILED
        assert message.state == MessageState.FAILED
        assert message.bounced_at is not None
        assert message.problem.startswith("27")
        assert [fact["reason"] for fact in facts_of("message.bounced")] == ["27"]
        task = CallTask.objects.get(reason=CallTask.Reason.FAILED)
        assert (task.about, task.appointment) == ("confirmation", message.appointment)

    def test_twice_is_one_call(self):
        message = sms()
        tell(message, "failed")
        assert tell(message, "failed") == Taken.KNOWN
        assert CallTask.objects.filter(reason=CallTask.Reason.FAILED).count() == 1
        assert len(facts_of("message.bounced")) == 1

    @pytest.mark.parametrize(("wrong_number", "broken"), [(True, [("sms", NUMBER)]), (False, [])])
    def test_number_is_broken_only_when_it_is_the_numbers_fault(self, wrong_number, broken):
        tell(sms(), "failed", wrong_number=wrong_number)
        assert list(BrokenAddress.objects.values_list("channel", "address")) == broken

    def test_number_that_was_written_to_is_the_broken_one(self):
        message = sms()
        Patient.objects.filter(pk=message.patient_id).update(mobile="+31687654321")
        tell(message, "failed", wrong_number=True)
        assert BrokenAddress.objects.get().address == NUMBER

    def test_after_it_arrived_is_ignored(self):
        message = sms()
        tell(message)
        assert tell(message, "failed", wrong_number=True) == Taken.KNOWN
        assert (message.state, message.bounced_at) == (MessageState.SENT, None)
        assert not BrokenAddress.objects.exists()
        assert not CallTask.objects.filter(reason=CallTask.Reason.FAILED).exists()

    def test_arriving_after_all_wins(self):
        message = sms()
        tell(message, "failed", wrong_number=True)
        assert tell(message) == Taken.DELIVERED
        assert (message.state, message.bounced_at, message.problem) == (MessageState.SENT, None, "")
        assert not BrokenAddress.objects.exists()

    def test_what_a_person_said_of_the_number_outlives_a_late_receipt(self):
        message = sms()
        BrokenAddress.objects.create(channel=Channel.SMS, address=NUMBER, since=timezone.now(), why="wrong number")
        tell(message, "failed", wrong_number=True)
        tell(message)
        assert BrokenAddress.objects.get().why == "wrong number"

    def test_before_our_own_mark_counts(self):
        message = sms(state=MessageState.CLAIMED, sent_at=None, sent_to="", attempt=1)
        tell(message, "failed")
        mark_sent(message=message, kept=Kept(body="Tot morgen", sent_to=NUMBER), now=timezone.now())
        message.refresh_from_db()
        assert (message.state, message.body, message.sent_to) == (MessageState.FAILED, "Tot morgen", NUMBER)

    def test_about_a_plan_of_before_asks_for_no_call(self):
        message = sms()
        cancel_appointment(appointment=message.appointment, by="user:1", now=timezone.now())
        Message.objects.filter(pk=message.pk).update(state=MessageState.SUPERSEDED)
        tell(message, "failed")
        assert message.state == MessageState.SUPERSEDED
        assert message.bounced_at is not None
        assert not CallTask.objects.filter(reason=CallTask.Reason.FAILED).exists()

    def test_extra_message_asks_for_no_call(self):
        message = sms(kind=MessageKind.FEEDBACK)
        tell(message, "failed")
        assert message.state == MessageState.FAILED
        assert not CallTask.objects.filter(reason=CallTask.Reason.FAILED).exists()

    def test_invitation_has_no_appointment_and_is_phoned_about(self):
        appointment = make.appointment(patient=make.PatientFactory(email="", mobile=NUMBER), now=timezone.now())
        message = sms(appointment, kind=MessageKind.INVITATION)
        Message.objects.filter(pk=message.pk).update(appointment=None, participant=None)
        tell(message, "failed")
        assert (message.state, message.appointment) == (MessageState.FAILED, None)
        assert CallTask.objects.get(reason=CallTask.Reason.FAILED).about == "invitation"


class TestNothing:
    @pytest.mark.parametrize("reference", ["", "1", "not ours", "6f0c2a52-0f5e-4f0b-9a35-4b0d2b1f7a11"])
    def test_unknown_message(self, reference):
        message = sms()
        assert tell(message, reference=reference) == Taken.UNKNOWN
        assert message.delivered_at is None

    def test_mail_has_no_such_receipts(self):
        message = sms(channel=Channel.EMAIL)
        assert tell(message) == Taken.UNKNOWN

    def test_on_its_way(self):
        message = sms()
        assert tell(message, "buffered") == Taken.ON_ITS_WAY
        assert (message.delivered_at, message.bounced_at, message.state) == (None, None, MessageState.SENT)
