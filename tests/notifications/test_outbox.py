"""What stands in which box of a department, what counts as a problem, and pages that follow each other."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import CallOutcome, CallTask, Message
from notifications.queries.outbox import MOST_COUNTED, Asked, Box, capped_count, messages_in, problems
from notifications.queries.paging import page_of
from notifications.standing import Standing, since, standing_of
from tests import factories as make
from tests.notifications.conftest import confirmation

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(booked, sweep, mailbox):
    """Only the mail of the confirmation; nobody has a text message."""
    appointment = booked(patient=make.PatientFactory(mobile=""))
    mailbox.refuse(550)
    sweep()
    return confirmation(appointment)


def wrong(message):
    return list(problems(message.department, now=timezone.now()))


def sent(message, **values):
    """As if it had been sent just now; `values` on top."""
    values = {"state": "sent", "sent_at": timezone.now(), "body": "https://x/v/…"} | values
    Message.objects.filter(pk=message.pk).update(**values)
    message.refresh_from_db()
    return message


class TestProblems:
    def test_message_that_failed(self, failed):
        assert wrong(failed) == [failed]

    def test_message_that_came_back(self, booked):
        message = sent(confirmation(booked()), bounced_at=timezone.now())
        assert wrong(message) == [message]

    def test_message_that_expired_unless_only_the_inbox_missed_it(self, booked):
        appointment = booked()
        Message.objects.filter(appointment=appointment, kind="confirmation").update(state="expired")
        assert wrong(confirmation(appointment)) == [confirmation(appointment)]

    def test_video_message_without_a_link_when_the_call_is_near(self, booked):
        soon = make.amsterdam(make.next_workday(), "14.10")
        message = sent(confirmation(booked(start=soon)), body="U gaat beeldbellen.")
        assert wrong(message) == [message]
        assert wrong(sent(message, body="https://x/v/…")) == []

    def test_later_video_message_with_a_link_makes_it_good(self, booked):
        appointment = booked(start=make.amsterdam(make.next_workday(), "14.10"))
        message = sent(confirmation(appointment), body="U gaat beeldbellen.")
        day_before = Message.objects.filter(appointment=appointment, channel="email").exclude(pk=message.pk).first()
        sent(day_before, link_ref=uuid.uuid4(), body="")
        assert wrong(message) == []

    def test_not_what_was_told_later_or_otherwise(self, failed):
        day_before = Message.objects.get(appointment=failed.appointment, kind="day_before", channel="email")
        sent(day_before)
        assert wrong(failed) == []
        sent(day_before, bounced_at=timezone.now())
        assert set(wrong(failed)) == {failed, day_before}

    def test_inbox_tells_nobody_by_itself(self, failed):
        assert confirmation(failed.appointment, "inbox").state == "sent"
        assert wrong(failed) == [failed]

    @pytest.mark.parametrize(("outcome", "solved"), [(CallOutcome.REACHED, True), (CallOutcome.NO_ANSWER, False)])
    def test_call_that_reached_them_makes_it_good(self, failed, outcome, solved):
        CallTask.objects.filter(appointment=failed.appointment).update(outcome=outcome, tried_at=timezone.now())
        assert (wrong(failed) == []) is solved

    def test_not_of_an_older_version_nor_of_what_is_over(self, failed):
        held = failed.appointment
        held.schedule_version = 2
        held.save()
        assert wrong(failed) == []
        held.schedule_version, held.start, held.end = 1, timezone.now() - timedelta(hours=2), timezone.now()
        held.save()
        assert wrong(failed) == []

    def test_nobody_is_bothered_about_who_died(self, failed):
        failed.patient.deceased_on = timezone.localdate()
        failed.patient.save()
        assert wrong(failed) == []

    def test_not_of_another_department(self, failed):
        assert list(problems(make.department("neurologie"), now=timezone.now())) == []


@pytest.mark.parametrize(
    ("values", "standing", "boxes"),
    [
        ({}, Standing.PLANNED, {"planned"}),
        ({"due_at": timedelta(minutes=-6)}, Standing.LATE, {"planned", "late"}),
        ({"failures": 1}, Standing.RETRYING, {"planned"}),
        ({"state": "claimed"}, Standing.SENDING, set()),
        ({"state": "claimed", "due_at": timedelta(minutes=-6)}, Standing.LATE, {"late"}),
        ({"state": "sent"}, Standing.SENT, {"sent"}),
        ({"state": "sent", "delivered_at": timedelta()}, Standing.DELIVERED, {"sent", "delivered"}),
        (
            {"state": "sent", "delivered_at": timedelta(), "read_at": timedelta()},
            Standing.READ,
            {"sent", "delivered", "read"},
        ),
        ({"state": "sent", "bounced_at": timedelta()}, Standing.BOUNCED, {"sent", "failed"}),
        ({"state": "failed"}, Standing.FAILED, {"failed"}),
        ({"state": "expired"}, Standing.EXPIRED, {"expired"}),
        ({"state": "superseded"}, Standing.SUPERSEDED, set()),
    ],
)
def test_each_standing_has_its_boxes(booked, values, standing, boxes):
    now = timezone.now()
    message = confirmation(booked())
    Message.objects.exclude(pk=message.pk).delete()
    moments = {name: now + value if isinstance(value, timedelta) else value for name, value in values.items()}
    Message.objects.update(due_at=now, sent_at=now)
    Message.objects.update(**moments)
    message.refresh_from_db()
    assert standing_of(message, now=now) is standing
    assert since(message, standing)
    every = [box for box in Box if box not in (Box.PROBLEMS, Box.ALL)]
    found = {box.value for box in every if messages_in(message.department, Asked(box=box), now=now).exists()}
    assert found == boxes


def test_filters_go_together(booked):
    one, other = booked(), booked(patient=make.PatientFactory())
    now = timezone.now()
    asked = Asked(kind="day_before", channel="email", patients=(other.patient_id,), since=now)
    [found] = messages_in(one.department, asked, now=now)
    assert (found.appointment, found.kind, found.channel) == (other, "day_before", "email")
    assert not messages_in(one.department, Asked(before=now - timedelta(days=1)), now=now).exists()


@pytest.mark.parametrize("next_first", [True, False])
def test_pages_show_each_message_once_there_and_back(booked, next_first):
    """Also where many are due at the same moment."""
    for _time in range(3):
        appointment = booked(patient=make.PatientFactory())
    Message.objects.filter(kind="day_before").update(due_at=timezone.now())
    rows = messages_in(appointment.department, Asked(), now=timezone.now())
    order = ("due_at", "id") if next_first else ("-due_at", "-id")
    expected = [list(rows.order_by(*order))[first : first + 4] for first in range(0, rows.count(), 4)]
    pages, place = [], None
    while True:
        page = page_of(rows, next_first=next_first, place=place, size=4)
        pages.append(page.messages)
        place = page.further
        if place is None:
            break
    assert pages == expected
    back = page_of(rows, next_first=next_first, place=page.earlier, size=4)
    assert back.messages == expected[-2]
    first = page_of(
        rows, next_first=next_first, place=page_of(rows, next_first=next_first, place=None, size=4).further, size=4
    )
    home = page_of(rows, next_first=next_first, place=first.earlier, size=4)
    assert (home.messages, home.earlier) == (expected[0], None)


def test_count_stops_at_a_thousand(booked):
    message = confirmation(booked())
    copies = [
        Message(
            department=message.department,
            patient=message.patient,
            kind="invitation",
            channel="email",
            occasion_key=f"copy {number}",
            due_at=message.due_at,
            try_at=message.due_at,
            not_after=message.not_after,
        )
        for number in range(MOST_COUNTED + 5)
    ]
    Message.objects.bulk_create(copies)
    assert capped_count(messages_in(message.department, Asked(), now=timezone.now())) == MOST_COUNTED + 1
