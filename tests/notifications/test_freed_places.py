"""What a patient hears of a place that came free, and what nobody hears once it is gone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions.claiming import claim_due, renew_lease
from notifications.actions.reading import Reader
from notifications.actions.telling import tell_freed_place
from notifications.actions.undoing import may_be_undone
from notifications.models import CallTask, Channel, Message, MessageState
from notifications.recheck import Verdict
from pages.patient.earlier import landing
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.place_offers import accept_offer, decline_offer
from scheduling.actions.waiting_list import end_offers
from scheduling.models import PlaceOffer
from scheduling.patient_session import find_link
from scheduling.queries.waiting_list import offer_by
from tests import factories as make
from tests.notifications.conftest import body_of, next_week

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered():
    """Told to somebody with a video call a week later than the place that came free."""
    department = make.department()
    clinician = make.ClinicianFactory(departments=[department])
    early = make.appointment(start=next_week("10.00"), clinician=clinician)
    held = make.appointment(start=next_week() + timedelta(days=7), clinician=clinician)
    entry = make.waiting_for_earlier(held)
    cancel_appointment(appointment=early, by="user:1", now=timezone.now())
    Message.objects.all().delete()

    def offer(**patient):
        for name, value in patient.items():
            setattr(held.patient, name, value)
        held.patient.save()
        made = make.place_offer(entry, make.freed_place(early))
        tell_freed_place(offer=made, now=timezone.now())
        return offer_by(made.ref)

    return offer


def told(channel=Channel.EMAIL):
    return Message.objects.get(kind="freed_place", channel=channel)


def test_mail_names_the_freed_moment_and_carries_a_link_that_opens(offered, sweep, mailbox):
    offer = offered()
    sweep()
    [mail] = mailbox.messages
    text = body_of(mail)
    assert "10.00 uur" in text
    assert "14.10" not in text
    link = find_link(re.search(r"/v/(\S+)", text)[1])
    message = told()
    assert (link.participant.appointment, message.state) == (offer.entry.appointment, MessageState.SENT)
    assert (message.link_ref, message.not_after) == (link.ref, offer.ends_at)
    assert "text/calendar" not in mail.as_string()


@pytest.mark.parametrize("end", ["declined", "accepted", "moved"])
def test_what_is_over_is_not_sent(offered, sweep, mailbox, end):
    offer = offered()
    if end == "declined":
        decline_offer(offer=offer, by="user:1", now=timezone.now())
    elif end == "accepted":
        accept_offer(offer=offer, by="user:1", now=timezone.now())
    else:
        make.move_appointment(
            appointment=offer.entry.appointment,
            start=offer.entry.appointment.start + timedelta(hours=1),
            by="user:1",
            now=timezone.now(),
        )
    assert told().state == MessageState.SUPERSEDED
    sweep()
    assert not [mail for mail in mailbox.messages if "plek vrij" in mail["subject"]]


def test_offer_that_ends_without_a_word_is_dropped_at_sending(offered, sweep, mailbox):
    """The last look is at the row itself, whoever forgot to take the message back."""
    offer = offered()
    PlaceOffer.objects.filter(pk=offer.pk).update(state=PlaceOffer.State.LOST)
    sweep()
    assert mailbox.messages == []
    assert (told().state, told().problem) == (MessageState.SUPERSEDED, "the offer is over")


def test_offer_that_ends_between_the_look_and_the_sending_is_not_sent(offered):
    offer = offered()
    claims = claim_due(channel=Channel.EMAIL, now=timezone.now())
    [read] = Reader().read(claims)
    assert read.finding(timezone.now()).verdict is Verdict.SEND
    PlaceOffer.objects.filter(pk=offer.pk).update(state=PlaceOffer.State.LOST)
    assert not renew_lease(message=read.message, offer=read.offer)
    PlaceOffer.objects.filter(pk=offer.pk).update(state=PlaceOffer.State.OPEN)
    assert renew_lease(message=read.message, offer=read.offer)


def test_whom_no_message_reaches_is_phoned_until_the_offer_is_answered(offered):
    offer = offered(email="", mobile="")
    task = CallTask.objects.get(about="freed_place")
    assert (task.reason, task.call_before, task.is_open) == ("no_channel", offer.ends_at, True)
    decline_offer(offer=offer, by="user:1", now=timezone.now())
    task.refresh_from_db()
    assert (task.is_open, task.outcome) == (False, "not_needed")


def test_mail_that_is_refused_asks_nobody_to_phone(offered, sweep, mailbox):
    offered(mobile="")
    mailbox.refuse(550)
    sweep()
    assert not CallTask.objects.filter(about="freed_place").exists()


def test_who_accepts_is_told_of_the_new_time(offered, sweep):
    offer = offered()
    moved = accept_offer(offer=offer, by="user:1", now=timezone.now())
    news = Message.objects.filter(appointment=moved, channel="email", state="planned", schedule_version=2)
    assert news.filter(kind__in=("moved", "confirmation")).count() == 1
    assert may_be_undone(moved, now=timezone.now())


class TestPlaceGone:
    """Somebody else was faster."""

    def lost(self, offer, now=None):
        at = now or timezone.now()
        end_offers(PlaceOffer.objects.filter(pk=offer.pk), PlaceOffer.State.LOST, at=at, by="user:2")
        return Message.objects.filter(kind="place_gone", channel=Channel.EMAIL)

    def test_whom_it_was_sent_to_hears_that_their_own_stays(self, offered, sweep, mailbox):
        offer = offered()
        sweep()
        # Perhaps it is night now.
        self.lost(offer).update(due_at=timezone.now(), try_at=timezone.now())
        sweep()
        mail = mailbox.messages[-1]
        assert "blijft zoals die was" in mail["subject"]
        assert "14.10 uur" in body_of(mail)
        assert "10.00" not in body_of(mail)
        told = Message.objects.get(kind="place_gone", channel=Channel.EMAIL)
        assert (told.state, told.not_after) == (MessageState.SENT, offer.start)
        assert landing(find_link(re.search(r"/v/(\S+)", body_of(mail))[1])) == "patient_earlier"

    def test_whom_it_did_not_reach_yet_hears_nothing(self, offered):
        assert not self.lost(offered()).exists()

    def test_who_let_the_time_pass_or_said_no_hears_nothing(self, offered, sweep):
        offer = offered()
        sweep()
        assert not self.lost(offer, now=offer.ends_at).exists()
        PlaceOffer.objects.filter(pk=offer.pk).update(state=PlaceOffer.State.OPEN)
        decline_offer(offer=offer, by="user:1", now=timezone.now())
        assert not self.lost(offer).exists()

    def test_whom_no_mail_reaches_is_not_phoned_for_it(self, offered, sweep):
        offer = offered(email="", mobile="")
        sweep()
        self.lost(offer)
        assert not CallTask.objects.filter(about="place_gone").exists()

    def test_at_night_it_waits_and_is_dropped_once_the_place_is_over(self, offered, sweep):
        offer = offered()
        sweep()
        night = offer.start.replace(hour=2)
        soon = {"ends_at": night + timedelta(hours=1), "start": night + timedelta(hours=2)}
        PlaceOffer.objects.filter(pk=offer.pk).update(**soon)
        assert not self.lost(offer, now=night).exists()
        PlaceOffer.objects.filter(pk=offer.pk).update(state=PlaceOffer.State.OPEN, start=offer.start)
        (told,) = self.lost(offer, now=night)
        assert night < told.due_at < offer.start
