"""Personal links: a birth date is tried five times, however fast (reliability, Access)."""

from datetime import date
from functools import partial

import pytest
from django.utils import timezone

from events.catalogue import LinkOpened
from events.models import Event
from scheduling.actions import links
from scheduling.actions.links import BIRTH_DATE_TRIES, try_birth_date
from scheduling.models import AppointmentLink
from tests import factories as make
from tests.support.together import together

WRONG = date(1901, 1, 1)


@pytest.fixture
def link():
    return make.personal_link(make.appointment())[0]


def wrong_at_once(link, workers=12):
    """How many of these tries were counted."""
    links = AppointmentLink.objects.select_related("participant__appointment__patient")
    seen = [links.get(pk=link.pk) for _ in range(workers)]
    together(*[partial(try_birth_date, link=mine, birth_date=WRONG, now=timezone.now()) for mine in seen])
    link.refresh_from_db()
    return link.birth_date_failures


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted(link):
    assert wrong_at_once(link) == BIRTH_DATE_TRIES


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_tries_share_one_count(link, monkeypatch):
    """The guard is what makes the test above pass: without it, twelve guesses are fewer than five tries."""
    monkeypatch.setattr(
        links.AppointmentLink.objects.__class__, "select_for_update", lambda manager: manager.get_queryset()
    )

    for _ in range(20):
        AppointmentLink.objects.filter(pk=link.pk).update(birth_date_failures=0)
        if wrong_at_once(link) < BIRTH_DATE_TRIES:
            return
    pytest.fail("twenty rounds without a shared count: this test no longer shows what the lock is for")


@pytest.mark.django_db
def test_locked_link_does_not_open_with_the_right_date(link):
    AppointmentLink.objects.filter(pk=link.pk).update(birth_date_failures=BIRTH_DATE_TRIES)

    assert not try_birth_date(
        link=link, birth_date=link.participant.appointment.patient.birth_date, now=timezone.now()
    )
    assert not Event.objects.filter(kind=LinkOpened.kind).exists()
