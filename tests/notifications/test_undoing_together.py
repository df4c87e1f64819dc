"""What was done in one go undone in one go, while nobody heard of it."""

from dataclasses import replace

import pytest
from django.utils import timezone

from notifications.actions import undoing
from notifications.actions.claiming import claim_due
from notifications.actions.undoing import NotUndone, Stays, undo_together, undoable
from notifications.models import CallTask, Channel, Message
from scheduling.actions.absences import enter_absence, lift_absence
from scheduling.actions.booking import book_appointment
from scheduling.actions.bulk import Choice, Ended, replan_many
from scheduling.actions.placing import NotPlaced, Plan, plan_of
from scheduling.actions.replanning import swap_appointments
from scheduling.models import Absence, Appointment, AppointmentChange, AppointmentLink, Misfit
from scheduling.queries.batches import changes_of
from tests import factories as make
from tests.notifications.conftest import UNDO_IS_OVER, next_week
from tests.notifications.conftest import plan_of as told_of
from tests.notifications.test_undoing import stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(booked):
    """Two of one clinic, side by side."""
    one = booked()
    kind = {"clinician": one.clinician, "type": one.type, "department": one.department}
    return one, booked(start=next_week("14.40"), **kind)


def swap(pair, *, now=None):
    done = swap_appointments(one=pair[0], other=pair[1], by="user:1", now=now or timezone.now())
    return done[0].changes.last().batch


def undo(batch):
    return undo_together(changes=list(changes_of(batch)), by="user:2", now=timezone.now())


def fresh(*appointments):
    return tuple(Appointment.objects.get(pk=each.pk) for each in appointments)


class TestSwap:
    def test_both_stand_as_before_and_nobody_hears_of_it(self, pair, sweep, mailbox):
        sweep()
        before = [stands(each) for each in pair]
        batch = swap(pair)
        assert [stands(each) for each in pair] != before
        outcomes = undo(batch)
        sweep()
        assert [each.ended for each in outcomes] == [Ended.DONE, Ended.DONE]
        assert [stands(each) for each in pair] == before
        assert len(mailbox.messages) == 2
        for each in pair:
            assert [entry for entry in told_of(each) if entry[1] != "superseded"] == [
                ("confirmation", "sent"),
                ("day_before", "planned"),
                ("hour_before", "planned"),
            ]
        assert set(AppointmentLink.objects.values_list("replaced_at", "revoked_at")) == {(None, None)}
        assert AppointmentChange.objects.filter(kind="put_back").count() == 2

    def test_of_whom_one_was_told_both_stay(self, pair, sweep, mailbox):
        sweep()
        batch = swap(pair, now=timezone.now() - UNDO_IS_OVER)
        Message.objects.filter(appointment=pair[0], schedule_version=2, state="planned").update(due_at=timezone.now())
        Message.objects.filter(appointment=pair[1], schedule_version=2).update(
            due_at=timezone.now() + UNDO_IS_OVER * 100
        )
        assert claim_due(channel=Channel.EMAIL, now=timezone.now())
        there = [stands(each) for each in pair]
        outcomes = undo(batch)
        assert [each.refused for each in outcomes] == [NotUndone(Stays.TOLD)] * 2
        assert [stands(each) for each in pair] == there

    def test_claimed_in_between_both_stay(self, pair, sweep, mailbox, monkeypatch):
        """Whoever claims after the question and before the undoing is seen once it is done."""
        sweep()
        batch = swap(pair, now=timezone.now() - UNDO_IS_OVER)
        there = [stands(each) for each in pair]
        claimed_in_between(monkeypatch)
        assert [each.refused for each in undo(batch)] == [NotUndone(Stays.TOLD)] * 2
        assert [stands(each) for each in pair] == there

    def test_without_the_look_afterwards_it_would_be_told_and_undone(self, pair, sweep, mailbox, monkeypatch):
        """Proof that the test above can fail."""
        sweep()
        batch = swap(pair, now=timezone.now() - UNDO_IS_OVER)
        claimed_in_between(monkeypatch)
        monkeypatch.setattr(undoing, "_nobody_heard", lambda changes: None)
        assert {each.ended for each in undo(batch)} == {Ended.DONE}
        assert Message.objects.filter(state="claimed", schedule_version=2).exists()

    def test_of_which_one_was_changed_since_both_stay(self, pair):
        batch = swap(pair)
        one, _other = fresh(*pair)
        make.move_appointment(appointment=one, start=next_week("15.00"), by="user:1", now=timezone.now())
        there = [stands(each) for each in pair]
        assert [each.ended for each in undo(batch)] == [Ended.CHANGED] * 2
        assert [stands(each) for each in pair] == there

    def test_one_whose_place_is_taken_since_keeps_both(self, pair):
        one = pair[0]
        batch = swap(pair)
        # Whoever is booked where one stood, beside the other one that stands there now.
        plan = Plan(next_week(), one.clinician, one.type, overbook=True, overbook_reason="Kan alleen dan")
        made = book_appointment(patient=make.PatientFactory(), plan=plan, by="user:1", now=timezone.now())
        assert isinstance(made, Appointment)
        there = [stands(each) for each in pair]
        outcomes = undo(batch)
        assert {each.ended for each in outcomes} == {Ended.REFUSED}
        assert all(isinstance(each.refused, NotPlaced) for each in outcomes)
        assert [stands(each) for each in pair] == there
        assert AppointmentChange.objects.filter(kind="put_back").count() == 0

    def test_undone_once(self, pair):
        batch = swap(pair)
        undo(batch)
        assert [each.ended for each in undo(batch)] == [Ended.CHANGED] * 2
        assert undoable(changes_of(batch), now=timezone.now()) == set()


def claimed_in_between(monkeypatch):
    real = undoing.put_back

    def claim_first(**wanted):
        assert claim_due(channel=Channel.EMAIL, now=timezone.now())
        return real(**wanted)

    monkeypatch.setattr(undoing, "put_back", claim_first)


class TestAbsence:
    @pytest.fixture
    def ill(self, pair):
        return enter_absence(
            clinician=pair[0].clinician,
            starts=next_week("0.00"),
            ends=next_week("23.00"),
            kind=Absence.Kind.ILL,
            by="user:1",
            now=timezone.now(),
        )

    def moved(self, pair, **more):
        """To a colleague."""
        wit = make.ClinicianFactory(departments=[pair[0].department])
        make.session_with(wit, next_week().date(), "14.00", "15.00")
        return self.batch(
            [Choice(each, each.schedule_version, replace(plan_of(each), clinician=wit)) for each in pair], **more
        )

    def batch(self, choices, **more):
        outcomes = replan_many(
            choices=choices, by="user:1", now=timezone.now(), reason="clinician_away", asked_by="clinic", **more
        )
        assert {each.ended for each in outcomes} == {Ended.DONE}
        return choices[0].appointment.changes.last().batch

    def test_each_stands_in_the_absence_again_as_a_task(self, pair, ill):
        before = [stands(each) for each in pair]
        batch = self.moved(pair)
        assert not Misfit.objects.filter(ended_at=None).exists()
        assert [each.ended for each in undo(batch)] == [Ended.DONE] * 2
        assert [stands(each) for each in pair] == before
        assert set(Misfit.objects.values_list("appointment", "ended_at", "end")) == {
            (each.pk, None, "") for each in pair
        }

    def test_cancelled_ones_too_and_nobody_is_phoned(self, pair, ill, sweep, mailbox):
        sweep()
        batch = self.batch([Choice(each, each.schedule_version) for each in pair])
        assert CallTask.objects.filter(done_at=None).count() == 2
        assert [each.ended for each in undo(batch)] == [Ended.DONE] * 2
        assert {each.status for each in fresh(*pair)} == {"booked"}
        assert not CallTask.objects.filter(done_at=None).exists()
        assert Misfit.objects.filter(ended_at=None).count() == 2

    def test_who_was_told_stays_and_the_other_goes_back(self, pair, ill, sweep, mailbox):
        sweep()
        batch = self.moved(pair)
        told = Message.objects.filter(appointment=pair[0], schedule_version=2, channel="email", kind="confirmation")
        told.update(state="sent", offered_at=timezone.now(), sent_at=timezone.now())
        outcomes = {each.change.appointment_id: each for each in undo(batch)}
        assert outcomes[pair[0].pk].refused == NotUndone(Stays.TOLD)
        assert outcomes[pair[1].pk].ended == Ended.DONE
        assert [each.schedule_version for each in fresh(*pair)] == [2, 3]

    def test_after_the_absence_was_lifted_there_is_no_task(self, pair, ill):
        batch = self.moved(pair)
        lift_absence(absence=ill, expected_revision=1, by="user:1", now=timezone.now())
        assert {each.ended for each in undo(batch)} == {Ended.DONE}
        assert not Misfit.objects.filter(ended_at=None).exists()

    def test_another_absence_still_stands_in_the_way(self, pair, ill):
        """Only the one that it was a task of is known and accepted."""
        batch = self.moved(pair)
        enter_absence(
            clinician=pair[0].clinician,
            starts=next_week("14.00"),
            ends=next_week("15.00"),
            kind=Absence.Kind.LEAVE,
            by="user:1",
            now=timezone.now(),
        )
        assert {each.ended for each in undo(batch)} == {Ended.REFUSED}


def test_asks_as_many_queries_for_two_as_for_one(pair, count_queries):
    changes = list(changes_of(swap(pair)))
    with count_queries() as one:
        undoable(changes[:1], now=timezone.now())
    with count_queries() as two:
        undoable(changes, now=timezone.now())
    assert two.count == one.count == 2
