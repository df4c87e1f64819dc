"""The nights on which the clock is changed: one row per kind, at the right instant."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from notifications.actions.planning import plan_messages
from notifications.models import Channel, Message
from scheduling.models import Appointment
from tests import factories as make
from tests.notifications.conftest import next_week

pytestmark = pytest.mark.django_db


def last_sunday(year, month):
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


NIGHTS = {
    "two nights, every half hour": ([last_sunday(2027, 3), last_sunday(2027, 10)], 30),
    "every night to 2030, every five minutes": (
        [last_sunday(year, month) for year in range(2027, 2031) for month in (3, 10)],
        5,
    ),
}
CASES = [
    pytest.param(*NIGHTS["two nights, every half hour"], id="short"),
    pytest.param(*NIGHTS["every night to 2030, every five minutes"], id="long", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("nights", "step"), CASES)
def test_reminders_around_a_clock_change(nights, step):
    appointment = make.appointment(start=next_week())
    now = make.amsterdam("2026-11-02", "09.00")
    for night in nights:
        begins = datetime.combine(night, datetime.min.time(), UTC) - timedelta(hours=2)
        for minutes in range(0, 28 * 60, step):
            start = begins + timedelta(minutes=minutes)
            appointment.schedule_version += 1
            Appointment.objects.filter(pk=appointment.pk).update(
                start=start,
                end=start + timedelta(minutes=20),
                schedule_version=appointment.schedule_version,
            )
            appointment.refresh_from_db()
            plan_messages(appointment=appointment, now=now)
            rows = Message.objects.filter(
                appointment=appointment, schedule_version=appointment.schedule_version, channel=Channel.EMAIL
            )
            due = dict(rows.values_list("kind", "due_at"))
            assert len(rows) == len(due) == 3, start
            assert start - due["hour_before"] == timedelta(hours=1), start
            eve = timezone.localtime(start).date() - timedelta(days=1)
            assert due["day_before"] == make.amsterdam(eve, "10.00"), start
