"""What is told of an appointment that stays where it is: its form is news, its length is not."""

from dataclasses import replace

import pytest
from django.utils import timezone

from notifications.actions.claiming import claim_due
from notifications.actions.planning import plan_messages
from notifications.models import CallOutcome, CallTask, Channel, Message
from scheduling.actions.placing import plan_of as standing
from scheduling.actions.replanning import replan_appointment
from scheduling.models import AppointmentLink, SessionBlock
from tests import factories as make
from tests.notifications.conftest import next_week, plan_of

pytestmark = pytest.mark.django_db


def change(appointment, **differs):
    changed = replan_appointment(
        appointment=appointment,
        plan=replace(standing(appointment), **differs),
        by="system",
        now=timezone.now(),
    )
    assert changed.schedule_version == appointment.schedule_version + 1
    return changed


def by_phone(appointment):
    phone = make.AppointmentTypeFactory(department=appointment.department, modality="phone")
    for block in SessionBlock.objects.filter(session=appointment.session):
        block.types.add(phone)
    return change(appointment, type=phone)


class TestForm:
    def test_after_the_confirmation_it_is_told_with_new_reminders(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        by_phone(appointment)
        assert plan_of(appointment) == [
            ("confirmation", "sent"),
            ("day_before", "superseded"),
            ("hour_before", "superseded"),
            ("form_changed", "planned"),
            ("day_before", "planned"),
            ("hour_before", "planned"),
        ]

    def test_before_anything_was_told_it_is_confirmed_as_it_stands(self):
        appointment = make.appointment(start=next_week())
        by_phone(appointment)
        assert [kind for kind, state in plan_of(appointment) if state == "planned"] == [
            "confirmation",
            "day_before",
            "hour_before",
        ]

    def test_changed_and_moved_in_one_go_it_is_told_that_it_moved(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        later = make.move_appointment(
            appointment=appointment, start=next_week("14.40"), by="system", now=timezone.now()
        )
        by_phone(later)
        assert next(kind for kind, state in plan_of(appointment) if state == "planned") == "moved"


class TestLength:
    def test_nothing_is_told_and_reminders_stand(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        before = plan_of(appointment)
        change(appointment, minutes=15)
        assert plan_of(appointment) == before
        assert set(Message.objects.values_list("schedule_version", flat=True)) == {2}
        link = AppointmentLink.objects.get()
        assert (link.replaced_at, link.revoked_at) == (None, None)

    def test_confirmation_that_waits_goes_out_all_the_same(self, booked, sweep, mailbox):
        appointment = booked()
        change(appointment, minutes=15)
        sweep()
        assert plan_of(appointment)[0] == ("confirmation", "sent")
        assert len(mailbox.messages) == 1

    def test_confirmation_that_a_sender_holds_goes_out_all_the_same(self, booked, sweep, mailbox):
        appointment = booked()
        assert claim_due(channel=Channel.EMAIL, now=timezone.now(), limit=10)
        change(appointment, minutes=15)
        Message.objects.filter(state="claimed").update(leased_until=timezone.now())
        sweep()
        assert plan_of(appointment)[0] == ("confirmation", "sent")

    def test_planned_once_more_everything_is_there_already(self, booked):
        appointment = booked()
        changed = change(change(appointment, minutes=15), minutes=10)
        count = Message.objects.count()
        plan_messages(appointment=changed, now=timezone.now())
        assert Message.objects.count() == count

    def test_a_later_move_is_told_to_who_heard_of_the_first_time(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        changed = change(appointment, minutes=15)
        make.move_appointment(appointment=changed, start=next_week("14.40"), by="system", now=timezone.now())
        assert next(kind for kind, state in plan_of(appointment) if state == "planned") == "moved"

    def test_who_must_be_phoned_stays_on_the_list_once(self):
        appointment = make.appointment(patient=make.PatientFactory(unreachable=True), start=next_week())
        changed = change(appointment, minutes=15)
        task = CallTask.objects.get()
        assert (task.is_open, task.schedule_version) == (True, 2)
        plan_messages(appointment=changed, now=timezone.now())
        assert CallTask.objects.count() == 1

    def test_who_was_phoned_is_not_phoned_again(self):
        appointment = make.appointment(patient=make.PatientFactory(unreachable=True), start=next_week())
        CallTask.objects.update(outcome=CallOutcome.REACHED, done_at=timezone.now(), done_by="user:1")
        change(appointment, minutes=15)
        assert not CallTask.objects.filter(done_at=None).exists()
