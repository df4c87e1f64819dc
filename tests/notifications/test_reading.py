"""When a message counts as read: its link with the right birth date, or its letter on the reader's screen."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.actions.marking_read import mark_read_by_link
from notifications.models import Message
from scheduling.actions.links import try_birth_date
from scheduling.models import AppointmentLink
from tests.notifications.conftest import body_of, confirmation, facts_of

pytestmark = pytest.mark.django_db
LINK = re.compile(r"/v/[\w-]{20,}")


@pytest.fixture
def mailed(booked, sweep, mailbox):
    """Mevrouw has the confirmation in her mail; its address."""
    appointment = booked()
    sweep()
    return appointment, LINK.search(body_of(mailbox.messages[0]))[0]


def test_sent_message_remembers_its_link_and_not_the_secret(mailed):
    appointment, path = mailed
    message = confirmation(appointment)
    assert message.link_ref == AppointmentLink.objects.get().ref
    assert str(message.link_ref) not in path


def test_opening_the_link_alone_is_not_reading(mailed):
    """A mail scanner opens every address."""
    appointment, path = mailed
    Client().get(path, follow=True)
    assert confirmation(appointment).read_at is None


def test_right_birth_date_marks_that_message_and_no_other(mailed):
    appointment, path = mailed
    client = Client()
    page = client.get(path)["Location"]
    client.post(page, {"birth_date": appointment.patient.birth_date.strftime("%d-%m-%Y")})
    read = Message.objects.filter(read_at__isnull=False)
    assert [(one.kind, one.channel) for one in read] == [("confirmation", "email")]
    assert [fact["message"] for fact in facts_of("message.read")] == [confirmation(appointment).pk]


def test_wrong_birth_date_marks_nothing(mailed):
    appointment, _path = mailed
    link = AppointmentLink.objects.get()
    assert not try_birth_date(link=link, birth_date=date(1900, 1, 1), now=timezone.now())
    assert confirmation(appointment).read_at is None


def test_link_opened_twice_is_read_once(mailed):
    appointment, _path = mailed
    ref = AppointmentLink.objects.get().ref
    first = timezone.now()
    assert mark_read_by_link(link_ref=ref, by=f"link:{ref}", now=first) == 1
    assert mark_read_by_link(link_ref=ref, by=f"link:{ref}", now=timezone.now()) == 0
    assert confirmation(appointment).read_at == first
    assert len(facts_of("message.read")) == 1


def test_inbox_on_the_screen_marks_its_letters(mailed):
    appointment, path = mailed
    client = Client()
    page = client.get(path)["Location"]
    client.post(page, {"birth_date": appointment.patient.birth_date.strftime("%d-%m-%Y")})
    link = AppointmentLink.objects.get()
    answer = client.get(reverse("patient_messages", args=[link.ref]))
    assert answer.status_code == 200
    assert confirmation(appointment, "inbox").read_at is not None
    # What is still to come is not in the inbox yet.
    assert not Message.objects.filter(state="planned", read_at__isnull=False).exists()
