"""Nobody sends for days, or a clock jumps: at most one reminder each, none too late, nothing twice."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from benchmarks.message_rows import Hospital
from notifications.actions.claiming import claim_due
from notifications.actions.delivering import deliver
from notifications.actions.planning import plan_messages
from notifications.models import Channel, Message, MessageState
from notifications.tasks import send_due
from scheduling.models import Appointment
from tests.notifications.chaos.many import due_messages, extra_copies, send_the_rest
from tests.support.sizes import sizes

pytestmark = pytest.mark.django_db

OUTAGES = {
    "30 minutes": timedelta(minutes=30),
    "6 hours": timedelta(hours=6),
    "3 days": timedelta(days=3),
}
REMINDERS = ("day_before", "hour_before")


@pytest.mark.parametrize("count", sizes(8, 1000))
@pytest.mark.parametrize("outage", OUTAGES)
def test_outage(mailbox, time_machine, count, outage):
    """Appointments from an hour to four days ahead, all confirmed; then nobody sends, and then somebody does."""
    began = timezone.now()
    plan(count, began)
    Message.objects.filter(kind="confirmation").update(state=MessageState.SENT)
    time_machine.move_to(began + OUTAGES[outage])
    send_due()
    per_person = Counter(mail["To"] for mail in mailbox.messages)
    assert max(per_person.values(), default=1) == 1
    # Life goes on: what was not due yet comes in its time.
    for hours in range(0, 110, 2):
        time_machine.move_to(began + OUTAGES[outage] + timedelta(hours=hours))
        send_due()
    late = [one for one in reminders(state=MessageState.SENT) if one.sent_at > one.appointment.start]
    assert late == []
    assert not reminders(state__in=(MessageState.PLANNED, MessageState.CLAIMED)).exists()
    sent = Counter(reminders(state=MessageState.SENT).values_list("appointment", "kind"))
    assert set(sent.values()) <= {1}
    assert len(mailbox.messages) == sum(sent.values())


def reminders(**which):
    rows = Message.objects.filter(kind__in=REMINDERS, channel=Channel.EMAIL, **which)
    return rows.select_related("appointment")


def plan(count, now):
    whom = Hospital().appointments(count)
    for n, one in enumerate(whom):
        start = now + timedelta(hours=1) + timedelta(days=4) * n / count
        start = start.replace(minute=start.minute // 5 * 5, second=0, microsecond=0)
        Appointment.objects.filter(pk=one.appointment_id).update(start=start, end=start + timedelta(minutes=10))
        plan_messages(appointment=Appointment.objects.get(pk=one.appointment_id), now=now - timedelta(days=7))


@pytest.mark.parametrize("jumps", sizes(4, 20))
def test_clock_that_jumps_two_hours(mailbox, time_machine, jumps):
    """Forwards or back, between the claims and the sending, while another worker with the right time sends too."""
    chance, real = random.Random(3), timezone.now()
    due_messages(jumps * 10)
    for _ in range(jumps):
        claims = claim_due(channel=Channel.EMAIL, now=timezone.now(), limit=8)
        time_machine.move_to(real + chance.choice([-1, 1]) * timedelta(hours=2))
        others = claim_due(channel=Channel.EMAIL, now=timezone.now(), limit=2)
        assert {one.message for one in claims}.isdisjoint(one.message for one in others)
        deliver(channel=Channel.EMAIL, claims=claims)
        time_machine.move_to(real)
        deliver(channel=Channel.EMAIL, claims=others)
    send_the_rest()
    ids = [mail["Message-ID"] for mail in mailbox.messages]
    assert (len(set(ids)), extra_copies(ids)) == (jumps * 10, 0)
