"""Which messages follow from booking, moving and cancelling, and when (PP-40 to 43)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from notifications import rows as message_rows
from notifications.actions import planning
from notifications.actions.call_results import complete_call_task
from notifications.models import CallOutcome, CallTask, Message, MessageKind, MessageState
from scheduling.actions.booking import book_appointment
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import Plan
from scheduling.models import Participant
from tests import factories as make
from tests.notifications.conftest import next_week, plan_of

pytestmark = pytest.mark.django_db

MONDAY_EVE = "2026-11-22"
MONDAY = "2026-11-23"


def rows(appointment, channel="email"):
    """kind, due and latest time on the clock of Amsterdam."""
    return [
        (row.kind, local(row.due_at), local(row.not_after))
        for row in Message.objects.filter(appointment=appointment, channel=channel).order_by("due_at")
    ]


def book_at(now, start):
    """At this very moment, however short before the start."""
    kind, patient = make.AppointmentTypeFactory(), make.PatientFactory()
    clinician = make.ClinicianFactory(departments=[kind.department])
    make.session_with(clinician, start.date(), "12.30", "17.00")
    return book_appointment(patient=patient, plan=Plan(start, clinician, kind), by="user:1", now=now)


def local(moment):
    return timezone.localtime(moment).strftime("%d-%m %H.%M")


BOOKED = {
    "three weeks ahead": (
        make.amsterdam("2026-11-02", "09.00"),
        make.amsterdam(MONDAY, "14.10"),
        [
            ("confirmation", "02-11 09.02", "23-11 14.10"),
            ("day_before", "22-11 10.00", "23-11 12.10"),
            ("hour_before", "23-11 13.10", "23-11 14.10"),
        ],
    ),
    "tomorrow, before the reminder's moment": (
        make.amsterdam(MONDAY_EVE, "08.30"),
        make.amsterdam(MONDAY, "14.10"),
        [
            ("confirmation", "22-11 08.32", "23-11 14.10"),
            ("day_before", "22-11 10.00", "23-11 12.10"),
            ("hour_before", "23-11 13.10", "23-11 14.10"),
        ],
    ),
    "tomorrow, in the reminder's moment": (
        make.amsterdam(MONDAY_EVE, "09.30"),
        make.amsterdam(MONDAY, "14.10"),
        [("confirmation", "22-11 09.32", "23-11 14.10"), ("hour_before", "23-11 13.10", "23-11 14.10")],
    ),
    "in three hours": (
        make.amsterdam(MONDAY, "11.10"),
        make.amsterdam(MONDAY, "14.10"),
        [("confirmation", "23-11 11.12", "23-11 14.10"), ("hour_before", "23-11 13.10", "23-11 14.10")],
    ),
    "in thirty minutes": (
        make.amsterdam(MONDAY, "13.40"),
        make.amsterdam(MONDAY, "14.10"),
        [("confirmation", "23-11 13.42", "23-11 14.10")],
    ),
    "in one minute": (
        make.amsterdam(MONDAY, "14.09"),
        make.amsterdam(MONDAY, "14.10"),
        [("confirmation", "23-11 14.09", "23-11 14.10")],
    ),
}


@pytest.mark.parametrize(("now", "start", "planned"), BOOKED.values(), ids=BOOKED.keys())
def test_booking_plans_what_still_makes_sense(now, start, planned):
    appointment = book_at(now, start)
    assert rows(appointment, "email") == planned
    assert rows(appointment, "inbox") == planned
    # Nobody has to phone in place of a message; that a consult of today is prepared is another matter (PP-45).
    assert not CallTask.objects.exclude(reason=CallTask.Reason.PREPARE).exists()


def test_consult_in_writing_is_confirmed_and_not_reminded_of():
    appointment = make.appointment(start=next_week(), modality="written")
    assert plan_of(appointment) == [("confirmation", "planned")]


def test_policy_of_the_department_moves_the_reminders():
    department = make.department("neurologie")
    make.policy(department, undo_minutes=5, day_before_at="16:00", hour_before_minutes=120)
    appointment = make.appointment(
        department=department, now=make.amsterdam("2026-11-02", "09.00"), start=make.amsterdam(MONDAY, "14.10")
    )
    assert [(kind, due) for kind, due, _ in rows(appointment)] == [
        ("confirmation", "02-11 09.05"),
        ("day_before", "22-11 16.00"),
        ("hour_before", "23-11 12.10"),
    ]


def test_patient_without_mail_is_phoned_before_the_reminder_would_come():
    appointment = make.appointment(
        patient=make.PatientFactory(unreachable=True),
        now=make.amsterdam("2026-11-02", "09.00"),
        start=make.amsterdam(MONDAY, "14.10"),
    )
    assert plan_of(appointment, "email") == []
    assert [kind for kind, _ in plan_of(appointment, "inbox")] == ["confirmation", "day_before", "hour_before"]
    task = CallTask.objects.get()
    assert (task.reason, task.about, local(task.call_before)) == ("no_channel", "confirmation", "22-11 10.00")


def test_child_is_told_through_the_parents():
    child, mother = make.child_with_parent(next_week().date())
    father = make.RepresentativeFactory(patient=child, name="Pim Noordhoek", relation="vader", email="")
    appointment = make.appointment(patient=child, start=next_week())
    told = Message.objects.filter(appointment=appointment, kind=MessageKind.CONFIRMATION)
    assert set(told.values_list("participant__representative__name", "channel")) == {
        (mother.name, "email"),
        (mother.name, "inbox"),
        (father.name, "inbox"),
    }
    assert not CallTask.objects.exists()


def test_child_whose_parents_have_no_mail_is_phoned_about():
    child, mother = make.child_with_parent(next_week().date())
    mother.email = ""
    mother.save()
    appointment = make.appointment(patient=child, start=next_week())
    assert plan_of(appointment, "email") == []
    assert CallTask.objects.get().reason == CallTask.Reason.NO_CHANNEL


@pytest.mark.parametrize("why", ["deceased", "merged"])
def test_nobody_writes_to_or_phones_who_died_or_was_merged(why):
    patient = make.PatientFactory()
    if why == "deceased":
        patient.deceased_on = timezone.localdate()
    else:
        patient.merged_into = make.PatientFactory()
    patient.save()
    make.appointment(patient=patient, start=next_week())
    assert not Message.objects.exists()
    assert not CallTask.objects.exists()


def test_unsafe_address_gets_no_message_and_a_person_decides():
    patient = make.PatientFactory(unsafe_address=True)
    make.appointment(patient=patient, start=next_week())
    assert not Message.objects.exists()
    assert CallTask.objects.get().reason == CallTask.Reason.NO_CHANNEL


def test_messages_vanish_with_a_booking_that_is_rolled_back():
    with transaction.atomic():
        make.appointment(start=next_week())
        assert Message.objects.exists()
        transaction.set_rollback(True)
    assert not Message.objects.exists()


class TestMoved:
    def move(self, appointment, start=None):
        start = start or appointment.start + timedelta(minutes=30)
        moved = make.move_appointment(appointment=appointment, start=start, by="system", now=timezone.now())
        assert moved.schedule_version == 2
        return moved

    def test_before_anything_was_told_confirms_the_new_time_only(self):
        appointment = self.move(make.appointment(start=next_week()))
        assert plan_of(appointment) == [
            ("confirmation", "superseded"),
            ("day_before", "superseded"),
            ("hour_before", "superseded"),
            ("confirmation", "planned"),
            ("day_before", "planned"),
            ("hour_before", "planned"),
        ]

    def test_after_the_confirmation_tells_that_it_moved(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        self.move(appointment)
        assert plan_of(appointment) == [
            ("confirmation", "sent"),
            ("day_before", "superseded"),
            ("hour_before", "superseded"),
            ("moved", "planned"),
            ("day_before", "planned"),
            ("hour_before", "planned"),
        ]

    def test_while_the_confirmation_is_on_its_way_tells_that_it_moved(self, booked):
        """The sender may be past its last check: what it tells must be corrected."""
        appointment = booked()
        Message.objects.filter(kind=MessageKind.CONFIRMATION).update(state=MessageState.CLAIMED, attempt=1)
        self.move(appointment)
        assert ("moved", "planned") in plan_of(appointment)
        assert ("confirmation", "claimed") in plan_of(appointment)

    def test_task_for_an_unreachable_patient_is_replaced(self):
        appointment = make.appointment(patient=make.PatientFactory(unreachable=True), start=next_week())
        self.move(appointment)
        old, new = CallTask.objects.order_by("schedule_version")
        assert (old.outcome, old.done_by) == (CallOutcome.NOT_NEEDED, "system")
        assert new.is_open
        assert new.about == MessageKind.CONFIRMATION

    def test_unreachable_patient_who_was_phoned_is_phoned_that_it_moved(self):
        appointment = make.appointment(patient=make.PatientFactory(unreachable=True), start=next_week())
        complete_call_task(task=CallTask.objects.get(), outcome=CallOutcome.REACHED, by="user:1", now=timezone.now())
        self.move(appointment)
        assert CallTask.objects.get(done_at=None).about == MessageKind.MOVED


class TestCancelled:
    def cancel(self, appointment):
        return cancel_appointment(appointment=appointment, by="system", now=timezone.now())

    def test_within_the_time_to_undo_nothing_is_told(self):
        appointment = make.appointment(start=next_week())
        self.cancel(appointment)
        assert {state for _, state in plan_of(appointment)} == {"superseded"}
        assert not CallTask.objects.exists()

    def test_after_the_confirmation_tells_it_and_has_someone_phone_for_a_new_time(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        self.cancel(appointment)
        assert plan_of(appointment)[-1] == ("cancelled", "planned")
        assert CallTask.objects.get().reason == CallTask.Reason.NEW_TIME

    def test_while_the_confirmation_is_on_its_way_tells_it(self, booked):
        appointment = booked()
        Message.objects.filter(kind=MessageKind.CONFIRMATION).update(state=MessageState.CLAIMED, attempt=1)
        self.cancel(appointment)
        assert ("cancelled", "planned") in plan_of(appointment)

    def test_unreachable_patient_is_phoned_once(self, booked, sweep, mailbox):
        appointment = booked(patient=make.PatientFactory(unreachable=True))
        sweep()
        self.cancel(appointment)
        open_tasks = CallTask.objects.filter(done_at=None)
        assert [(task.reason, task.about) for task in open_tasks] == [("no_channel", "cancelled")]

    def test_undone_in_time_withdraws_the_task_too(self):
        appointment = make.appointment(patient=make.PatientFactory(unreachable=True), start=next_week())
        self.cancel(appointment)
        assert not CallTask.objects.filter(done_at=None).exists()


def test_occasion_is_told_once_however_often_it_is_planned(booked):
    appointment = booked()
    before = set(Message.objects.values_list("pk", "occasion_key"))
    planning.plan_messages(appointment=appointment, now=timezone.now())
    assert set(Message.objects.values_list("pk", "occasion_key")) == before


def test_occasion_would_be_told_twice_without_its_key(booked, monkeypatch):
    """The guard switched off."""
    appointment = booked()
    before = Message.objects.count()
    monkeypatch.setattr(message_rows, "occasion_key", lambda *args: uuid4().hex)
    planning.plan_messages(appointment=appointment, now=timezone.now())
    assert Message.objects.count() > before


def test_clinician_gets_no_messages_of_the_patient(booked):
    appointment = booked()
    recipients = Participant.objects.filter(messages__appointment=appointment).values_list("role", flat=True)
    assert set(recipients) == {"patient"}
