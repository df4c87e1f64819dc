"""Many messages that are due, written in bulk, and the looks at what became of them that these tests share."""

from collections import Counter
from datetime import timedelta

from django.utils import timezone

from benchmarks.message_rows import Hospital, write_rows
from notifications.models import Channel, Message, MessageState
from notifications.tasks import send_due
from people.models import Patient


def due_messages(count, channel=Channel.EMAIL):
    """Confirmations that fell due a minute ago, of one patient each; their participants."""
    whom = Hospital().appointments(count)
    write_rows(whom, due=timezone.now() - timedelta(minutes=1), channels=(channel,))
    return whom


def reached_by_text_only():
    """Everybody has a mobile number, each another, and no mail address."""
    patients = list(Patient.objects.order_by("pk"))
    for number, patient in enumerate(patients):
        patient.email, patient.mobile = "", f"+316{12000000 + number}"
    Patient.objects.bulk_update(patients, ["email", "mobile"], batch_size=500)


def a_minute_passes():
    """The leases of the dead run out, and what was put off is due again."""
    Message.objects.filter(state=MessageState.CLAIMED).update(leased_until=timezone.now() - timedelta(seconds=1))
    Message.objects.filter(failures__gt=0).update(try_at=timezone.now())


def send_the_rest(tries=10):
    for _ in range(tries):
        a_minute_passes()
        send_due()
        if not Message.objects.filter(state__in=(MessageState.PLANNED, MessageState.CLAIMED)).exists():
            return


def states():
    return Counter(Message.objects.values_list("state", flat=True))


def extra_copies(ids):
    """How often a message went out again; two of one message bear one id."""
    return sum(Counter(ids).values()) - len(set(ids))
