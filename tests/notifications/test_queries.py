from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Message
from notifications.queries import messages_of, oldest_due, outbox, problems
from notifications.queries.paging import page_of
from tests import factories as make
from tests.notifications.conftest import next_week

pytestmark = pytest.mark.django_db


def test_nothing_is_late_when_nothing_is_due():
    make.appointment(start=next_week())
    figures = oldest_due(now=timezone.now())
    assert (figures.count, figures.is_late) == (0, False)


@pytest.mark.parametrize(("minutes", "late"), [(4, False), (5, True), (90, True)])
def test_messages_that_nobody_sends_become_late_after_five_minutes(booked, minutes, late):
    booked()
    due = Message.objects.filter(kind="confirmation").first().due_at
    figures = oldest_due(now=due + timedelta(minutes=minutes, seconds=30))
    assert (figures.count, figures.minutes, figures.is_late) == (2, minutes, late)


def test_message_that_waits_for_its_next_attempt_still_counts_as_overdue(booked, sweep, mailbox):
    booked()
    mailbox.refuse(451)
    sweep()
    later = timezone.now() + timedelta(minutes=10)
    assert oldest_due(now=later).is_late


def test_overdue_messages_are_warned_of_in_the_log(booked, mailbox, caplog, settings):
    from notifications.tasks import warn_if_overdue

    appointment = booked()
    warn_if_overdue()
    assert "messages overdue" not in caplog.text
    Message.objects.update(due_at=timezone.now() - timedelta(minutes=30))
    warn_if_overdue()
    assert "messages overdue" in caplog.text
    assert appointment.patient.family_name not in caplog.text


def test_conversation_of_an_appointment_is_in_order(booked):
    appointment = booked()
    kinds = [message.kind for message in messages_of(appointment).filter(channel="email")]
    assert kinds == ["confirmation", "day_before", "hour_before"]


def test_outbox_is_of_one_department(booked):
    here, elsewhere = booked(), booked(department=make.department("neurologie"))
    assert {message.appointment for message in outbox(here.department)} == {here}
    assert {message.appointment for message in outbox(elsewhere.department)} == {elsewhere}


def test_problems_are_what_did_not_arrive(booked, sweep, mailbox):
    appointment = booked()
    mailbox.refuse(550)
    sweep()
    [problem] = problems(appointment.department, now=timezone.now())
    assert (problem.kind, problem.channel, problem.state) == ("confirmation", "email", "failed")


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_the_outbox_asks_the_database_twice(booked, count_queries, count):
    for _ in range(count):
        appointment = booked(patient=make.PatientFactory())
    department = appointment.department
    with count_queries() as queries:
        page = page_of(outbox(department), next_first=False, place=None, size=30)
        assert [message.participant.display_name for message in page.messages]
    assert queries.count == 2, str(queries)


def test_log_holds_nothing_personal(booked, sweep, mailbox, caplog):
    """Neither when all goes well, nor when the server refuses."""
    appointment = booked()
    other = booked(patient=make.PatientFactory())
    mailbox.refuse(550, at="RCPT", times=1)
    sweep()
    for patient in (appointment.patient, other.patient):
        assert patient.email not in caplog.text
        assert patient.family_name not in caplog.text
    assert "/v/" not in caplog.text
