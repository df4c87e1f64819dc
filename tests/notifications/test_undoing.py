"""The last change undone, whatever it was, while nobody heard of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Event
from notifications.actions.claiming import claim_due
from notifications.actions.undoing import NotUndone, Stays, may_be_undone, undo_change
from notifications.models import CallTask, Channel, Message
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import ChangedMeanwhile, NotPlaced, plan_of
from scheduling.actions.replanning import replan_appointment, swap_appointments
from scheduling.changes import state_of
from scheduling.models import Appointment, AppointmentChange, AppointmentLink, Occupancy, SessionBlock
from scheduling.queries.needs import needs_of
from tests import factories as make
from tests.notifications.conftest import UNDO_IS_OVER, next_week
from tests.notifications.conftest import plan_of as told_of

pytestmark = pytest.mark.django_db
KINDS = ["moved", "form", "length", "cancelled"]


def change(appointment, how, *, now=None):
    by = {"by": "user:1", "now": now or timezone.now()}
    if how == "cancelled":
        return cancel_appointment(appointment=appointment, note="griep", **by)
    stands = plan_of(appointment)
    if how == "form":
        phone = make.AppointmentTypeFactory(department=appointment.department, modality="phone", duration_minutes=10)
        for block in SessionBlock.objects.filter(session=appointment.session):
            block.types.add(phone)
        return replan_appointment(appointment=appointment, plan=replace(stands, type=phone), **by)
    differs = {"start": next_week("14.40")} if how == "moved" else {"minutes": 15}
    return replan_appointment(appointment=appointment, plan=replace(stands, **differs), **by)


def undo(appointment, **more):
    return undo_change(appointment=appointment, by="user:2", now=timezone.now(), **more)


def stands(appointment):
    current = Appointment.objects.get(pk=appointment.pk)
    taken = Occupancy.objects.filter(appointment=current, active=True).values_list("resource", "starts", "ends")
    return state_of(current, needs_of(current)), sorted(taken), current.cancel_reason


@pytest.mark.parametrize("how", KINDS)
class TestEveryKind:
    def test_it_stands_as_before_and_is_remembered(self, booked, sweep, mailbox, how):
        appointment = booked()
        sweep()
        before = stands(appointment)
        changed = change(appointment, how)
        assert stands(appointment) != before
        assert may_be_undone(changed, now=timezone.now())
        undone = undo(changed)
        assert (stands(appointment), undone.schedule_version) == (before, 3)
        row = AppointmentChange.objects.get(appointment=appointment, version=3)
        assert (row.kind, row.by, row.undoes.version) == ("put_back", "user:2", 2)
        assert Event.objects.filter(kind="appointment.put_back").count() == 1
        assert not may_be_undone(undone, now=timezone.now())

    def test_after_the_confirmation_nothing_more_is_told_but_the_reminders(self, booked, sweep, mailbox, how):
        appointment = booked()
        sweep()
        undo(change(appointment, how))
        sweep()
        assert len(mailbox.messages) == 1
        assert [entry for entry in told_of(appointment) if entry[1] != "superseded"] == [
            ("confirmation", "sent"),
            ("day_before", "planned"),
            ("hour_before", "planned"),
        ]
        link = AppointmentLink.objects.get()
        assert (link.replaced_at, link.revoked_at) == (None, None)

    def test_confirmation_that_waited_goes_out_after_all(self, booked, sweep, mailbox, how):
        appointment = booked()
        undo(change(appointment, how))
        sweep()
        assert len(mailbox.messages) == 1
        assert ("confirmation", "sent") in told_of(appointment)

    def test_later_change_is_told_to_who_heard_of_the_first(self, booked, sweep, mailbox, how):
        appointment = booked()
        sweep()
        undone = undo(change(appointment, how))
        make.move_appointment(appointment=undone, start=next_week("14.30"), by="user:1", now=timezone.now())
        assert next(kind for kind, state in told_of(appointment) if state == "planned") == "moved"

    def test_who_is_phoned_stays_on_the_list_once(self, how):
        appointment = make.appointment(patient=make.PatientFactory(unreachable=True), start=next_week())
        undo(change(appointment, how))
        [task] = CallTask.objects.filter(done_at=None)
        assert (task.reason, task.schedule_version) == (CallTask.Reason.NO_CHANNEL, 3)

    def test_someone_else_was_first(self, booked, how):
        stale = change(booked(), how)
        undo(Appointment.objects.get(pk=stale.pk))
        with pytest.raises(ChangedMeanwhile):
            undo(Appointment.objects.get(pk=stale.pk), expected_version=2)


@pytest.mark.parametrize("how", ["moved", "form", "cancelled"])
class TestTold:
    def test_what_was_sent_stays(self, booked, sweep, mailbox, how):
        appointment = booked()
        sweep()
        changed = change(appointment, how, now=timezone.now() - UNDO_IS_OVER)
        sweep()
        there = stands(appointment)
        assert not may_be_undone(changed, now=timezone.now())
        assert undo(changed) == NotUndone(Stays.TOLD)
        assert stands(appointment) == there

    def test_what_was_sent_of_another_day_is_called_told(self, booked, sweep, mailbox, how):
        appointment = booked(now=timezone.now() - timedelta(days=2))
        sweep()
        changed = change(appointment, how, now=timezone.now() - timedelta(days=1))
        sweep()
        assert undo(changed) == NotUndone(Stays.TOLD)

    def test_what_a_sender_holds_stays(self, booked, sweep, mailbox, how):
        appointment = booked()
        sweep()
        changed = change(appointment, how, now=timezone.now() - UNDO_IS_OVER)
        assert claim_due(channel=Channel.EMAIL, now=timezone.now())
        assert undo(changed) == NotUndone(Stays.TOLD)
        assert Message.objects.filter(schedule_version=2, state="claimed").exists()


def test_who_is_being_phoned_about_it_hears_of_it():
    appointment = make.appointment(patient=make.PatientFactory(unreachable=True), start=next_week())
    changed = change(appointment, "moved")
    CallTask.objects.filter(done_at=None).update(held_by="user:3", held_until=timezone.now())
    assert undo(changed) == NotUndone(Stays.TOLD)


def test_booking_is_cancelled_and_nobody_hears_of_it(booked, sweep, mailbox):
    appointment = make.appointment(start=next_week())
    undone = undo(appointment, note="vergist")
    sweep()
    assert (undone.status, undone.cancel_reason) == ("cancelled", "vergist")
    assert mailbox.messages == []
    assert not CallTask.objects.exists()


def test_place_taken_meanwhile_is_not_given_back(booked):
    appointment = booked()
    changed = change(appointment, "moved")
    make.appointment(
        start=next_week(), clinician=appointment.clinician, type=appointment.type, department=appointment.department
    )
    assert isinstance(undo(changed), NotPlaced)
    assert Appointment.objects.get(pk=appointment.pk).start == next_week("14.40")


def test_cancelled_one_whose_place_is_taken_stays_cancelled(booked):
    appointment = booked()
    changed = change(appointment, "cancelled")
    make.appointment(
        start=next_week(), clinician=appointment.clinician, type=appointment.type, department=appointment.department
    )
    assert isinstance(undo(changed), NotPlaced)
    assert Appointment.objects.get(pk=appointment.pk).status == "cancelled"


def test_undoing_is_not_undone_and_a_swap_not_by_halves(booked):
    appointment = booked()
    undone = undo(change(appointment, "moved"))
    assert undo(undone) == NotUndone(Stays.NOTHING_TO_UNDO)
    other = booked(start=next_week("14.40"), clinician=appointment.clinician, type=appointment.type)
    one, _other = swap_appointments(one=undone, other=other, by="user:1", now=timezone.now())
    assert undo(one) == NotUndone(Stays.NOTHING_TO_UNDO)
