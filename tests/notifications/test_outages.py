"""Nobody sent for a while: what is still of use goes out, the rest expires where it can be seen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Message
from tests.notifications.conftest import (
    facts_of,
    plan_of,
)

pytestmark = pytest.mark.django_db


class TestAfterAnOutage:
    def due(self, appointment, **due_before):
        """Each kind fell due so many minutes ago."""
        for kind, minutes in due_before.items():
            moment = timezone.now() - timedelta(minutes=minutes)
            Message.objects.filter(appointment=appointment, kind=kind).update(due_at=moment, try_at=moment)

    def test_only_the_nearest_reminder_is_sent(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        self.due(appointment, day_before=600, hour_before=1)
        sweep()
        assert dict(plan_of(appointment)) == {
            "confirmation": "sent",
            "day_before": "expired",
            "hour_before": "sent",
        }
        assert len(mailbox.messages) == 2

    def test_reminder_that_came_too_late_expires_visibly(self, booked, sweep, mailbox):
        appointment = booked()
        sweep()
        self.due(appointment, day_before=600)
        Message.objects.filter(kind="day_before").update(not_after=timezone.now() - timedelta(minutes=1))
        sweep()
        assert ("day_before", "expired") in plan_of(appointment)
        assert {fact["message_kind"] for fact in facts_of("message.expired")} == {"day_before"}

    def test_words_for_the_day_are_those_of_the_day_of_sending(self, booked, sweep, mailbox):
        """The reminder of the day before, sent on the day itself."""
        now = timezone.now()
        start = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0) + timedelta(hours=4)
        if timezone.localtime(start).hour in (22, 23, 0):
            # No clinic is held over midnight.
            start += timedelta(hours=3)
        booked(start=start, now=now - timedelta(days=3))
        sweep()
        _confirmed, mail = mailbox.messages
        same_day = timezone.localdate(start) == timezone.localdate()
        assert mail["Subject"].startswith("Vandaag" if same_day else "Morgen:")
