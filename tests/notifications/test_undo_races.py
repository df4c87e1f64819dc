"""Undoing against sending: either the change was told and stands, or nobody heard of it and it is undone."""

import random
import threading
from dataclasses import dataclass, field
from functools import partial

import pytest
from django.db.models import Q
from django.utils import timezone

from notifications.actions import delivering, undoing
from notifications.actions.claiming import claim_due
from notifications.actions.undoing import NotUndone, Stays, undo_change
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
ROUNDS = sizes(10, 2500)


@dataclass
class Race:
    appointment: Appointment
    outcome: list = field(default_factory=list)


def changed(booked, how, kind):
    """Told of the booking, then changed so long ago that the news of it is due."""
    appointment = booked(patient=make.PatientFactory(), type=kind, start=next_week("14.10"))
    send_due()
    long_ago = timezone.now() - UNDO_IS_OVER
    if how == "cancel":
        return Race(cancel_appointment(appointment=appointment, by="user:1", now=long_ago))
    to = make.amsterdam(appointment.start.date(), "15.00")
    return Race(make.move_appointment(appointment=appointment, start=to, by="user:1", now=long_ago))


def undo(race, pause=0.0):
    """Retried as a clerk would: SQLite has one writer at a time."""
    threading.Event().wait(pause)
    while not race.outcome:
        try:
            outcome = undo_change(appointment=race.appointment, by="user:2", now=timezone.now())
        except Busy:
            continue
        race.outcome.append(outcome)


def send(pause):
    threading.Event().wait(pause)
    claims = claim_due(channel=Channel.EMAIL, now=timezone.now())
    threading.Event().wait(pause)
    delivering.deliver(channel=Channel.EMAIL, claims=claims)


def check(race):
    current = Appointment.objects.get(pk=race.appointment.pk)
    told = Message.objects.filter(
        Q(offered_at__isnull=False) | Q(state=MessageState.CLAIMED), appointment=current, schedule_version=2
    )
    [outcome] = race.outcome
    if outcome == NotUndone(Stays.TOLD):
        assert current.schedule_version == 2
        return "told"
    assert isinstance(outcome, Appointment)
    assert (current.schedule_version, current.start, current.status) == (3, next_week("14.10"), "booked")
    assert not told.exists()
    return "undone"


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("how", ["move", "cancel"])
def test_told_or_undone_and_never_both(booked, mailbox, how, rounds):
    chance = random.Random(5)
    kind = make.AppointmentTypeFactory(duration_minutes=10)
    for _ in range(rounds):
        race = changed(booked, how, kind)
        together(partial(undo, race, chance.uniform(0, 0.03)), partial(send, chance.uniform(0, 0.02)))
        check(race)
        Message.objects.filter(state=MessageState.PLANNED).update(state=MessageState.SUPERSEDED)


def held_before_it_is_put_back(monkeypatch, race):
    """A sender claims the news in the very moment between the question whether it can be undone and the undoing."""
    real = undoing.put_back

    def claim_first(**wanted):
        together(lambda: claims.extend(claim_due(channel=Channel.EMAIL, now=timezone.now())))
        return real(**wanted)

    claims = []
    monkeypatch.setattr(undoing, "put_back", claim_first)
    return claims


@pytest.mark.postgres
def test_claimed_in_between_it_stays(booked, mailbox, monkeypatch):
    race = changed(booked, "move", make.AppointmentTypeFactory(duration_minutes=10))
    claims = held_before_it_is_put_back(monkeypatch, race)
    undo(race)
    assert claims
    assert check(race) == "told"


@pytest.mark.postgres
def test_without_the_look_under_the_locks_it_would_be_told_and_undone(booked, mailbox, monkeypatch):
    """The guard switched off: proof that the test above can fail."""
    race = changed(booked, "move", make.AppointmentTypeFactory(duration_minutes=10))
    claims = held_before_it_is_put_back(monkeypatch, race)
    monkeypatch.setattr(undoing, "_nobody_heard", lambda changes: None)
    undo(race)
    assert claims
    with pytest.raises(AssertionError):
        check(race)
