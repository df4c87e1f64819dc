"""What a patient hears of a request, of a cancellation that needs a new time, and of a video call that is none."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.content.words import say_declined
from notifications.models import CallTask, Message, MessageState
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import plan_of
from scheduling.actions.replanning import replan_appointment
from scheduling.actions.requests import decline_request, grant_request, request_form
from tests import factories as make
from tests.notifications.conftest import body_of
from waitingroom.models import Presence

pytestmark = pytest.mark.django_db
CLERK = "user:7"


@pytest.fixture
def held(booked, sweep, mailbox):
    """Booked by video and told so."""
    appointment = booked()
    sweep()
    assert mailbox.messages
    mailbox.messages.clear()
    return appointment


def kind(held, modality="phone"):
    made = make.AppointmentTypeFactory(
        department=held.department,
        contact_kind=held.type.contact_kind,
        modality=modality,
        duration_minutes=held.type.duration_minutes,
    )
    for block in held.session.blocks.all():
        block.types.add(made)
    return made


def asked(held, form="visit"):
    return request_form(appointment=held, asked=form, by="link:1", now=timezone.now())


def decline(held, reason="no_place"):
    return decline_request(request=asked(held), reason=reason, by=CLERK, now=timezone.now())


class TestDeclined:
    def test_is_told_with_the_prepared_reason(self, held, sweep, mailbox):
        decline(held)
        # Whatever the hour at which this test runs.
        Message.objects.filter(kind="request_answered").update(due_at=timezone.now(), try_at=timezone.now())
        sweep()
        (mail,) = mailbox.messages
        assert mail["Subject"] == "Uw afspraak blijft zoals die was"
        assert "Langskomen kan deze keer niet." in body_of(mail)
        assert say_declined("no_place", "nl") in body_of(mail)

    def test_words_of_a_clerk_are_not_for_mail(self, held):
        decline(held, "Wij willen uw wond zien")
        rows = Message.objects.filter(kind="request_answered")
        assert {row.channel for row in rows} == {"email", "inbox"}
        assert {row.details["reason"] for row in rows} == {""}

    def test_is_not_told_once_the_appointment_changed_after_all(self, held, sweep, mailbox):
        decline(held)
        visit = kind(held, "visit")
        replan_appointment(
            appointment=held, plan=replace(plan_of(held), type=visit, minutes=None), by=CLERK, now=timezone.now()
        )
        sweep()
        answers = Message.objects.filter(kind="request_answered")
        assert set(answers.values_list("state", flat=True)) == {MessageState.SUPERSEDED}
        assert not [mail for mail in mailbox.messages if "zoals die was" in mail["Subject"]]

    def test_whom_no_message_reaches_is_phoned_with_the_reason(self):
        appointment = make.appointment(patient=make.PatientFactory(unreachable=True))
        decline(appointment, "Wij willen uw wond zien")
        task = CallTask.objects.get(about="request_answered")
        assert (task.reason, task.note) == ("no_channel", "Wij willen uw wond zien")


def test_granted_is_told_once_by_the_change_itself(held):
    phone = kind(held)
    plan = replace(plan_of(held), type=phone, minutes=None)
    grant_request(request=asked(held, "phone"), plan=plan, by=CLERK, now=timezone.now())
    told = Message.objects.filter(appointment=held, schedule_version=2, channel="email")
    assert "form_changed" in told.values_list("kind", flat=True)
    assert not told.filter(kind="request_answered").exists()


class TestNewTime:
    def cancel(self, held, **more):
        cancel_appointment(appointment=held, by=CLERK, now=timezone.now(), asked_by="patient", **more)
        return list(CallTask.objects.filter(reason="new_time", done_at=None)), Message.objects.get(
            appointment=held, kind="cancelled", channel="email"
        )

    def test_who_wants_another_one_is_phoned_and_told_so(self, held, sweep, mailbox):
        tasks, message = self.cancel(held, new_time=True)
        assert (len(tasks), message.details["new_time"]) == (1, True)

    def test_who_wants_none_is_not_phoned_and_not_promised_it(self, held, sweep, mailbox):
        tasks, message = self.cancel(held, new_time=False)
        assert tasks == []
        Message.objects.filter(pk=message.pk).update(due_at=timezone.now(), try_at=timezone.now())
        sweep()
        (mail,) = mailbox.messages
        assert "Wij bellen u voor een nieuwe tijd" not in body_of(mail)

    def test_who_had_not_heard_of_it_yet_and_wants_another_one_is_phoned(self):
        appointment = make.appointment(now=timezone.now())
        cancel_appointment(appointment=appointment, by=CLERK, now=timezone.now(), asked_by="patient", new_time=True)
        assert CallTask.objects.filter(reason="new_time", done_at=None).count() == 1


class TestByPhone:
    def change(self, held, now, modality="phone"):
        plan = replace(plan_of(held), type=kind(held, modality), minutes=None)
        replan_appointment(appointment=held, plan=plan, by=CLERK, now=now)
        return list(CallTask.objects.filter(reason="by_phone", done_at=None))

    @pytest.mark.parametrize(("minutes", "tasks"), [(59, 1), (90, 0)])
    def test_just_before_a_person_phones(self, held, minutes, tasks):
        found = self.change(held, held.start - timedelta(minutes=minutes))
        assert len(found) == tasks
        assert all(task.call_before == held.start for task in found)

    def test_who_waits_at_the_screen_is_phoned_at_once(self, held):
        now = held.start - timedelta(minutes=90)
        patient = held.participants.get(role="patient")
        Presence.objects.create(participant=patient, place="waiting", arrived_at=now, last_seen_at=now)
        (task,) = self.change(held, now)
        assert task.call_before == now + timedelta(minutes=2)

    def test_who_left_the_waiting_room_does_not_wait(self, held):
        now = held.start - timedelta(minutes=90)
        patient = held.participants.get(role="patient")
        Presence.objects.create(participant=patient, place="left", arrived_at=now, last_seen_at=now)
        assert self.change(held, now) == []

    def test_visit_instead_is_no_call(self, held):
        assert self.change(held, held.start - timedelta(minutes=30), "visit") == []

    def test_moved_again_the_call_is_needless(self, held):
        now = held.start - timedelta(minutes=30)
        assert len(self.change(held, now)) == 1
        held.refresh_from_db()
        assert self.change(held, now, "video") == []
