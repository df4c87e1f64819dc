"""What is planned follows what holds now, and what was told stays told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions import replanning
from notifications.actions.replanning import replan, replan_patient, replan_policy
from notifications.models import CallTask, Message, MessageState
from notifications.replanning_jobs import replan_policies
from praktijkplan.policy import Policy
from scheduling.actions.policies import AgreedMeanwhile, WrongAgreements, agree_policy
from scheduling.models import DepartmentPolicy
from tests import factories as make
from tests.notifications.conftest import next_week, plan_of

pytestmark = pytest.mark.django_db
PENDING = [("confirmation", "planned"), ("day_before", "planned"), ("hour_before", "planned")]


def agree(department, revision=0, **changes):
    return agree_policy(
        department=department,
        valid_from=timezone.localdate(),
        changes=changes,
        shown_revision=revision,
        by="user:1",
        now=timezone.now(),
    )


def dues(appointment):
    return {
        (row.kind, row.channel): timezone.localtime(row.due_at).strftime("%H.%M")
        for row in Message.objects.filter(appointment=appointment, state=MessageState.PLANNED)
    }


class TestAddress:
    def test_mobile_number_that_becomes_known_gets_all_that_is_still_to_be_told(self, settings):
        settings.SMS_PROVIDER = "generic"
        appointment = make.appointment(start=next_week(), patient=make.PatientFactory(mobile=""))
        assert plan_of(appointment, "sms") == []
        appointment.patient.mobile = "+31612345678"
        appointment.patient.save()
        replan_patient(patient=appointment.patient, now=timezone.now())
        assert plan_of(appointment, "sms") == PENDING

    def test_mobile_number_after_the_confirmation_went_out_gets_reminders(self, settings, booked, sweep, mailbox):
        settings.SMS_PROVIDER = "generic"
        appointment = booked(patient=make.PatientFactory(mobile=""))
        sweep()
        appointment.patient.mobile = "+31612345678"
        appointment.patient.save()
        replan(appointment=appointment, now=timezone.now())
        assert plan_of(appointment, "sms") == PENDING[1:]
        assert plan_of(appointment, "email")[0] == ("confirmation", "sent")

    def test_patient_who_cannot_be_reached_any_more_is_phoned_and_no_longer_when_he_can(self):
        appointment = make.appointment(start=next_week())
        patient = appointment.patient
        address, patient.email = patient.email, ""
        patient.save()
        replan(appointment=appointment, now=timezone.now())
        task = CallTask.objects.get()
        assert (task.reason, task.is_open) == ("no_channel", True)
        assert {state for _, state in plan_of(appointment)} == {"superseded"}

        patient.email = address
        patient.save()
        replan(appointment=appointment, now=timezone.now())
        task.refresh_from_db()
        assert (task.outcome, task.done_by) == ("not_needed", "system")
        assert plan_of(appointment) == PENDING

        patient.email = ""
        patient.save()
        replan(appointment=appointment, now=timezone.now())
        task.refresh_from_db()
        assert task.is_open

    def test_doing_it_twice_changes_nothing(self):
        appointment = make.appointment(start=next_week())
        before = list(Message.objects.values_list("pk", "state", "due_at", "occasion_key"))
        assert replan(appointment=appointment, now=timezone.now()) == replanning.Replanned()
        assert list(Message.objects.values_list("pk", "state", "due_at", "occasion_key")) == before

    def test_nothing_is_planned_for_an_unsafe_address(self):
        appointment = make.appointment(start=next_week())
        appointment.patient.unsafe_address = True
        appointment.patient.save()
        replan(appointment=appointment, now=timezone.now())
        assert not Message.objects.filter(state=MessageState.PLANNED).exists()
        assert CallTask.objects.get().reason == "no_channel"

    def test_nobody_is_phoned_about_who_died(self):
        appointment = make.appointment(start=next_week())
        appointment.patient.deceased_on = timezone.localdate()
        appointment.patient.save()
        replan(appointment=appointment, now=timezone.now())
        assert not CallTask.objects.exists()


class TestAgreements:
    def test_reminders_move_to_the_moment_that_is_agreed_now(self):
        appointment = make.appointment(start=next_week())
        agree(appointment.department, day_before_at="16:00", hour_before_minutes=120)
        replan_policies()
        assert dues(appointment)["day_before", "email"] == "16.00"
        assert dues(appointment)["hour_before", "email"] == "12.10"

    def test_reminder_that_is_switched_off_is_taken_back_and_returns_when_it_is_switched_on(self):
        appointment = make.appointment(start=next_week())
        first = agree(appointment.department, messages_off=["day_before"])
        replan_policies()
        assert plan_of(appointment) == [PENDING[0], ("day_before", "superseded"), PENDING[2]]
        agree(appointment.department, first.revision, messages_off=[])
        replan_policies()
        assert plan_of(appointment) == PENDING

    def test_agreements_count_for_appointments_from_their_date_on(self):
        sooner, later = make.appointment(start=next_week()), make.appointment(start=next_week() + timedelta(days=21))
        agree_policy(
            department=sooner.department,
            valid_from=timezone.localdate(later.start),
            changes={"hour_before_minutes": 90},
            shown_revision=0,
            by="user:1",
            now=timezone.now(),
        )
        replan_policies()
        assert (dues(sooner)["hour_before", "email"], dues(later)["hour_before", "email"]) == ("13.10", "12.40")

    def test_job_that_stops_halfway_goes_on_where_it_was(self):
        appointments = [make.appointment(start=next_week() + timedelta(weeks=n)) for n in range(3)]
        policy = agree(appointments[0].department, hour_before_minutes=120)
        assert replan_policy(policy=policy, now=timezone.now(), limit=2) == 2
        replan_policies()
        assert [dues(one)["hour_before", "email"] for one in appointments] == ["12.10"] * 3
        assert DepartmentPolicy.objects.get().replanned_at is not None

    def test_agreed_anew_meanwhile_begins_at_the_first_again(self):
        appointments = [make.appointment(start=next_week() + timedelta(weeks=n)) for n in range(3)]
        policy = agree(appointments[0].department, hour_before_minutes=120)
        replan_policy(policy=policy, now=timezone.now(), limit=2)
        agree(appointments[0].department, policy.revision, hour_before_minutes=180)
        # The first job, with the older agreements in its hands, may not say that all is done.
        while replan_policy(policy=policy, now=timezone.now(), limit=2):
            pass
        replan_policies()
        assert [dues(one)["hour_before", "email"] for one in appointments] == ["11.10"] * 3

    def test_wrong_agreements_are_refused_whole(self):
        department = make.department("longziekten")
        refused = agree(department, hour_before_minutes=10, day_before_at="25:00")
        assert isinstance(refused, WrongAgreements)
        assert {problem.field for problem in refused.problems} == {"hour_before_minutes", "day_before_at"}
        assert not DepartmentPolicy.objects.exists()

    def test_second_who_agrees_hears_what_the_first_agreed(self):
        department = make.department("longziekten")
        agree(department, hour_before_minutes=120)
        refused = agree(department, day_before_at="16:00")
        assert isinstance(refused, AgreedMeanwhile)
        assert refused.policy == Policy(hour_before_minutes=120)

    def test_only_what_differs_from_the_plan_is_kept(self):
        department = make.department("longziekten")
        first = agree(department, hour_before_minutes=120, undo_minutes=2)
        assert first.document == {"hour_before_minutes": 120}
        second = agree(department, first.revision, hour_before_minutes=60)
        assert (second.document, second.revision) == ({}, 2)
