"""A delay, almost your turn, an invitation: once per occasion, and a person where nothing reaches."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.actions.telling import ask_feedback, invite_to_plan, tell_almost, tell_delay
from notifications.models import CallTask, Message
from praktijkplan.contact import Modality
from tests import factories as make
from tests.notifications.conftest import next_week, plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment():
    return make.appointment(start=next_week())


def late(appointment, occasion="first", minutes=30, now=None):
    start = appointment.start
    return tell_delay(
        appointment=appointment,
        begins_from=start + timedelta(minutes=minutes),
        begins_until=start + timedelta(minutes=minutes + 20),
        occasion=occasion,
        now=now or start,
    )


def told(kind, channel="email"):
    return list(Message.objects.filter(kind=kind, channel=channel).order_by("id"))


def test_delay_is_told_once_per_occasion(appointment):
    assert late(appointment) == 2
    late(appointment)
    assert len(told("delay")) == 1
    late(appointment, occasion="second", minutes=45)
    first, second = told("delay")
    begins = appointment.start + timedelta(minutes=30)
    assert datetime.fromisoformat(first.details["from"]) == begins
    assert datetime.fromisoformat(first.details["until"]) == begins + timedelta(minutes=20)
    assert second.not_after == appointment.start + timedelta(minutes=65)


def test_delay_is_told_at_once_also_in_quiet_hours(appointment):
    night = appointment.start.replace(hour=22)
    late(appointment, now=night)
    assert told("delay")[0].due_at == night


def test_delay_that_reaches_nobody_is_phoned(appointment):
    appointment.patient.email = ""
    appointment.patient.save()
    late(appointment)
    assert [(task.reason, task.about) for task in CallTask.objects.filter(about="delay")] == [("no_channel", "delay")]


def test_what_is_kind_to_send_is_never_phoned(appointment):
    appointment.patient.email = ""
    appointment.patient.save()
    tell_almost(appointment=appointment, occasion="1", now=appointment.start)
    ask_feedback(appointment=appointment, now=appointment.end)
    assert not CallTask.objects.filter(about__in=("almost", "feedback")).exists()


def test_department_that_does_not_send_them_sends_none(appointment):
    make.policy(appointment.department, messages_off=["delay", "feedback"])
    assert late(appointment) == 0
    assert ask_feedback(appointment=appointment, now=appointment.end) == 0
    assert plan_of(appointment)[0][0] == "confirmation"


def test_question_after_an_evening_consult_waits_for_the_morning(appointment):
    evening = make.amsterdam(timezone.localdate(appointment.start), "21.30")
    ask_feedback(appointment=appointment, now=evening)
    assert timezone.localtime(told("feedback")[0].due_at).strftime("%H.%M") == "08.00"


class TestWithoutAppointment:
    @pytest.fixture
    def department(self):
        return make.department("longziekten")

    @pytest.fixture(autouse=True)
    def morning(self):
        with time_machine.travel(make.amsterdam("2026-11-30", "09.00"), tick=False):
            yield

    def invite(self, patient, department, now=None):
        return invite_to_plan(
            patient=patient,
            department=department,
            modality=Modality.VIDEO,
            before=timezone.localdate() + timedelta(days=30),
            now=now or timezone.now(),
        )

    def test_invitation_goes_out_once_a_day(self, department):
        patient = make.PatientFactory(department=department)
        assert self.invite(patient, department) == 2
        self.invite(patient, department)
        [message] = told("invitation")
        assert (message.patient, message.department, message.appointment) == (patient, department, None)
        assert message.details == {"modality": "video", "before": "2026-12-30"}
        assert self.invite(patient, department, now=timezone.now() + timedelta(days=1)) == 2

    def test_another_department_may_invite_the_same_day(self, department):
        patient = make.PatientFactory(department=department)
        assert self.invite(patient, department) == 2
        assert self.invite(patient, make.department("cardiologie")) == 2

    def test_parent_is_invited_for_a_child(self, department):
        child = make.PatientFactory(department=department, birth_date=timezone.localdate() - timedelta(days=5 * 365))
        parent = make.RepresentativeFactory(patient=child)
        self.invite(child, department)
        assert told("invitation")[0].person == parent

    def test_invitation_that_reaches_nobody_is_phoned(self, department):
        patient = make.PatientFactory(department=department, unreachable=True)
        self.invite(patient, department)
        task = CallTask.objects.get()
        assert (task.patient, task.department, task.appointment, task.about) == (
            patient,
            department,
            None,
            "invitation",
        )

    def test_nobody_is_invited_who_died(self, department):
        patient = make.PatientFactory(department=department, deceased_on=timezone.localdate())
        assert self.invite(patient, department) == 0
        assert not CallTask.objects.exists()
