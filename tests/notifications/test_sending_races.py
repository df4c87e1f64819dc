"""Moves and cancellations against sending: what a patient was told last is true, whoever was first."""

import random
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import pytest
from django.utils import timezone
from icalendar import Calendar

from notifications.actions import delivering
from notifications.actions.claiming import claim_due
from notifications.models import Channel, Message, MessageState
from notifications.tasks import send_due
from scheduling.actions.cancelling import cancel_appointment
from scheduling.locks import Busy
from scheduling.models import Appointment
from tests import factories as make
from tests.notifications.conftest import UNDO_IS_OVER, next_week
from tests.support.sizes import sizes
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)

# 5,000 in all: half of them moves, half cancellations.
ROUNDS = sizes(10, 2500)
# Seconds: nothing here takes long, but a machine may be busy.
LONGEST = 60


@dataclass
class Race:
    appointment: Appointment
    changed_at: datetime | None = None  # when the move or cancellation was on record


def change(race, how, pause):
    """Retried as a clerk would: SQLite has one writer at a time."""
    threading.Event().wait(pause)
    long_ago = timezone.now() - UNDO_IS_OVER
    while race.changed_at is None:
        try:
            if how == "move":
                to = make.amsterdam(race.appointment.start.date(), "15.00")
                make.move_appointment(appointment=race.appointment, start=to, by="user:1", now=long_ago)
            else:
                cancel_appointment(appointment=race.appointment, by="user:1", now=long_ago)
        except Busy:
            continue
        race.changed_at = timezone.now()


def send(pause):
    threading.Event().wait(pause)
    claims = claim_due(channel=Channel.EMAIL, now=timezone.now())
    threading.Event().wait(pause)
    delivering.deliver(channel=Channel.EMAIL, claims=claims)


def calendar_of(mail):
    [file] = [part for part in mail.walk() if part.get_content_type() == "application/ics"]
    return Calendar.from_ical(file.get_payload(decode=True))


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("how", ["move", "cancel"])
def test_what_was_told_last_is_true(booked, mailbox, how, rounds):
    chance = random.Random(2)
    kind = make.AppointmentTypeFactory(duration_minutes=10)
    outcomes = set()
    for _ in range(rounds):
        mailbox.messages.clear()
        race = Race(booked(patient=make.PatientFactory(), type=kind, start=next_week("14.10")))
        together(
            partial(change, race, how, chance.uniform(0, 0.03)),
            partial(send, chance.uniform(0, 0.02)),
        )
        send_due()
        outcomes.add(check(race, how, mailbox.messages))
        Message.objects.filter(state=MessageState.PLANNED).update(state=MessageState.SUPERSEDED)
    assert outcomes  # which of the orders were met differs from run to run


def check(race, how, mails):
    told = [calendar_of(mail) for mail in mails]
    stale = Message.objects.filter(
        appointment=race.appointment, schedule_version=1, state=MessageState.SENT, offered_at__gt=race.changed_at
    )
    assert not stale.exists()
    current = Appointment.objects.get(pk=race.appointment.pk)
    if how == "cancel":
        assert not told or told[-1]["METHOD"] == "CANCEL"
        return ("cancel", len(told))
    [event] = told[-1].walk("VEVENT")
    assert event["DTSTART"].dt == current.start
    assert [calendar.walk("VEVENT")[0]["SEQUENCE"] for calendar in told] == sorted(
        calendar.walk("VEVENT")[0]["SEQUENCE"] for calendar in told
    )
    return ("move", len(told))


@pytest.mark.parametrize("how", ["move", "cancel"])
def test_change_while_the_mail_is_on_the_wire_is_corrected_after(booked, mailbox, how, settings):
    """The one case in which an old time still arrives: it was being sent when the plan changed."""
    settings.EMAIL_TIMEOUT = LONGEST
    race = Race(booked(start=next_week("14.10")))
    on_the_wire, changed = threading.Event(), threading.Event()
    deliver = mailbox.keep

    def keep_after_the_change(envelope):
        on_the_wire.set()
        assert changed.wait(LONGEST)
        deliver(envelope)

    mailbox.keep = keep_after_the_change

    def change_meanwhile():
        assert on_the_wire.wait(LONGEST)
        change(race, how, 0)
        changed.set()

    together(lambda: send(0), change_meanwhile)
    mailbox.keep = deliver
    send_due()
    first, last = mailbox.messages
    assert calendar_of(first)["METHOD"] == "REQUEST"
    assert last["Subject"] == ("Uw afspraak is verzet" if how == "move" else "Uw afspraak gaat niet door")


def test_cancellation_would_be_silent_if_a_claim_did_not_count_as_told(booked, mailbox, monkeypatch):
    """The guard switched off: the patient above would keep an appointment that is off."""
    from notifications.actions import planning

    monkeypatch.setattr(planning, "told_participants", lambda appointment: set())
    race = Race(booked())
    claims = claim_due(channel=Channel.EMAIL, now=timezone.now())
    assert claims
    change(race, "cancel", 0)
    send_due()
    assert mailbox.messages == []
