"""Who sends what: each row is claimed by one worker at a time, on both databases."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from notifications.actions import claiming, delivering, reading
from notifications.actions.claiming import LEASE, Claim, claim_due, renew_lease
from notifications.actions.planning import plan_messages
from notifications.actions.reading import share_rows
from notifications.actions.results import mark_sent, release
from notifications.carriers import Kept
from notifications.models import PENDING, Channel, Message, MessageKind, MessageState
from notifications.tasks import send_due
from tests import factories as make
from tests.support.together import together

WORKERS = 6


def claim(limit=100):
    return claim_due(channel=Channel.EMAIL, now=timezone.now(), limit=limit)


def lapse():
    """A minute passes without a sign of life."""
    Message.objects.filter(state=MessageState.CLAIMED).update(leased_until=timezone.now() - timedelta(seconds=1))


def rows_whoever_holds_them(claims):
    messages = {claim.message: Message.objects.get(pk=claim.message) for claim in claims}
    for claim in claims:
        messages[claim.message].attempt = claim.attempt
        share_rows(messages[claim.message])
    return messages


@pytest.mark.django_db
class TestClaim:
    def test_takes_what_is_due_and_no_more(self, booked):
        booked()
        [mine] = claim()
        message = Message.objects.get(pk=mine.message)
        assert (message.kind, message.state, message.attempt) == ("confirmation", "claimed", 1)
        assert timedelta(seconds=50) < message.leased_until - timezone.now() <= LEASE

    def test_is_not_taken_twice_while_it_lasts(self, booked):
        booked()
        assert claim()
        assert claim() == []

    def test_that_lapsed_is_taken_by_the_next(self, booked):
        booked()
        [first] = claim()
        lapse()
        [second] = claim()
        assert (second.message, second.attempt) == (first.message, first.attempt + 1)

    def test_is_in_batches(self, booked):
        for _ in range(3):
            booked(patient=make.PatientFactory())
        assert [len(claim(limit=2)), len(claim(limit=2)), len(claim(limit=2))] == [2, 1, 0]

    def test_that_lapsed_cannot_be_renewed(self, booked, mailbox):
        booked()
        mine = claim()
        lapse()
        delivering.deliver(channel=Channel.EMAIL, claims=mine)
        assert mailbox.messages == []

    def test_that_lapsed_would_send_twice_if_it_were_not_renewed(self, booked, mailbox, monkeypatch):
        """The guard switched off: a worker that slept through its lease, and the one that took over."""
        monkeypatch.setattr(delivering, "renew_lease", lambda **kwargs: True)
        monkeypatch.setattr(reading, "_messages", rows_whoever_holds_them)
        booked()
        slow = claim()
        lapse()
        quick = claim()
        delivering.deliver(channel=Channel.EMAIL, claims=quick)
        delivering.deliver(channel=Channel.EMAIL, claims=slow)
        assert len(mailbox.messages) == 2

    def test_of_another_worker_cannot_be_renewed_or_given_back_or_accounted_for(self, booked):
        booked()
        [first] = claim()
        old = Message.objects.select_related("appointment").get(pk=first.message)
        lapse()
        claim()
        assert not renew_lease(message=old)
        assert not mark_sent(message=old, kept=Kept(), now=timezone.now())
        assert release(claims={first.message: first.attempt}, why="") == 0
        assert Message.objects.get(pk=first.message).state == MessageState.CLAIMED

    def test_result_after_the_lease_lapsed_counts_if_nobody_took_over(self, booked):
        """Slow, but sent: sending it again would be the worse mistake."""
        booked()
        [mine] = claim()
        message = Message.objects.select_related("appointment").get(pk=mine.message)
        lapse()
        assert mark_sent(message=message, kept=Kept(), now=timezone.now())
        assert claim() == []

    def test_of_moved_waits_for_the_older_message_that_is_on_its_way(self, booked):
        """Else "moved" could overtake what it corrects."""
        appointment = booked()
        claim()
        appointment.schedule_version = 2
        appointment.save()
        plan_messages(appointment=appointment, now=timezone.now() - timedelta(minutes=3))
        newer = Message.objects.filter(schedule_version=2, channel=Channel.EMAIL)
        assert newer.filter(kind=MessageKind.CONFIRMATION).exists()
        assert claim() == []
        lapse()
        assert len(claim()) == 2

    def test_follows_the_clock_of_the_database(self, booked, time_machine):
        """A worker whose clock is two hours ahead takes no claim that still holds."""
        booked()
        assert claim()
        time_machine.move_to(timezone.now() + timedelta(hours=2))
        assert claim() == []
        assert not [one for one in Message.objects.filter(state__in=PENDING) if one.attempt > 1]


@pytest.mark.django_db(transaction=True)
class TestManyWorkers:
    def test_claim_each_row_once(self, booked):
        appointments = self.many(booked, 12)
        claims = [one for claims in together(*[lambda: claim(limit=5)] * WORKERS) for one in claims]
        claims += claim()
        assert len(claims) == len(set(claims)) == len(appointments)

    def test_sweep_at_once_and_send_each_mail_once(self, booked, mailbox):
        appointments = self.many(booked, 12)
        together(*[send_due] * 4)
        send_due()
        assert sorted(mail["To"] for mail in mailbox.messages) == sorted(
            appointment.patient.email for appointment in appointments
        )
        assert not Message.objects.filter(kind="confirmation").exclude(state=MessageState.SENT).exists()

    def test_claim_rows_twice_without_the_guard(self, booked):
        """Read, then write, with nothing between: the race that the test above would not survive."""
        self.many(booked, 6)
        both_have_read = threading.Barrier(2)

        def claim_without_guard():
            rows = list(claiming._claimable(Channel.EMAIL, timezone.now()).values_list("pk", "attempt"))
            both_have_read.wait(60)
            for attempt in range(20):
                try:
                    with transaction.atomic():
                        Message.objects.filter(pk__in=[pk for pk, _ in rows]).update(**claiming._taken())
                    break
                except Exception:
                    assert attempt < 19
            return [Claim(pk, attempt + 1) for pk, attempt in rows]

        first, second = together(*[claim_without_guard] * 2)
        assert set(first) & set(second)

    def many(self, booked, count):
        department = make.department()
        kind = make.AppointmentTypeFactory(department=department, duration_minutes=10)
        return [booked(patient=make.PatientFactory(), type=kind) for _ in range(count)]


@pytest.mark.sqlite
@pytest.mark.django_db
def test_row_that_changed_since_it_was_read_is_not_taken(booked):
    """Compare and set, where rows cannot be locked."""
    booked()
    [mine] = claim()
    lapse()
    assert not claiming._take_if_unchanged(mine.message, mine.attempt - 1)
    assert claiming._take_if_unchanged(mine.message, mine.attempt)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_row_that_another_holds_is_passed_over(booked):
    """Without waiting: a worker that hangs in its transaction holds up nobody."""
    booked()
    booked(patient=make.PatientFactory())
    with transaction.atomic():
        held = Message.objects.select_for_update().filter(channel="email", kind="confirmation").order_by("pk").first()
        [others] = together(claim)
    assert [one.message for one in others] != []
    assert held.pk not in [one.message for one in others]
