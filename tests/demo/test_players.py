"""The demo's patients and clinicians play on while somebody looks, and step back for who takes their place."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from demo.hospital.clinic import LATE, ON_TIME, STEP_IN, is_in_progress, open_clinic
from demo.players import Players
from events.catalogue import LinkOpened
from events.log import record
from people.models import User
from scheduling.models import Appointment
from tests import factories as make
from tests.demo.hospitals import build
from waitingroom.actions.presence import expire_presences
from waitingroom.models import Closing, Presence

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 23, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module", autouse=True)
def clinic(django_db_setup, django_db_blocker) -> Iterator[None]:
    """One for the module, as it takes seconds to build; each test's own changes are rolled back."""
    with django_db_blocker.unblock():
        build(NOW)
        open_clinic(now=NOW)
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def players() -> Players:
    return Players(since=NOW)


def here(email: str = "") -> set[int]:
    found = Presence.objects.here()
    found = found.filter(participant__appointment__status="booked")
    if email:
        found = found.filter(participant__appointment__clinician__user__email=email)
    return set(found.values_list("participant_id", flat=True))


def inside(email: str) -> int:
    admitted = Presence.objects.filter(place=Presence.Place.ADMITTED, participant__appointment__status="booked")
    return admitted.filter(participant__appointment__clinician__user__email=email).count()


def closed(email: str) -> int:
    return Closing.objects.filter(appointment__clinician__user__email=email).count()


def play(players: Players, minutes: int) -> None:
    for minute in range(minutes + 1):
        players.turn(NOW + minute * MINUTE)


def test_without_players_everybody_falls_silent() -> None:
    assert here()

    expire_presences(now=NOW + 2 * MINUTE)

    assert not here()


def test_whoever_is_played_stays(players: Players) -> None:
    before = here()

    players.stay(NOW + 2 * MINUTE)
    expire_presences(now=NOW + 2 * MINUTE)

    assert here() == before


def test_who_fell_silent_while_the_demo_was_off_comes_back(players: Players) -> None:
    before = here()
    expire_presences(now=NOW + 2 * MINUTE)

    players.stay(NOW + 3 * MINUTE)

    assert here() == before


def test_a_patient_whose_link_was_opened_is_left_to_who_opened_it(players: Players) -> None:
    mine = Presence.objects.filter(participant__in=here(STEP_IN)).select_related("participant__appointment")[0]
    appointment = mine.participant.appointment
    fact = LinkOpened(
        appointment=appointment.pk,
        session=appointment.session_id,
        department=appointment.department_id,
        link=str(uuid.uuid4()),
        level="link",
    )
    with transaction.atomic():
        record(fact, at=NOW, actor="link:0")

    players.stay(NOW + 2 * MINUTE)
    expire_presences(now=NOW + 2 * MINUTE)

    assert here()
    assert mine.participant_id not in here()


def test_clinicians_close_their_consults_and_let_in_the_next(players: Players) -> None:
    before = {email: closed(email) for email in (LATE, ON_TIME, STEP_IN)}

    for minute in range(31):
        players.turn(NOW + minute * MINUTE)
        assert inside(LATE) <= 1
        assert inside(ON_TIME) <= 1

    assert closed(LATE) > before[LATE]
    assert closed(ON_TIME) > before[ON_TIME]
    # Nobody plays the one to step into.
    assert closed(STEP_IN) == before[STEP_IN]
    assert inside(STEP_IN) == 0


def test_nobody_plays_a_clinician_in_whose_name_somebody_signed_in(players: Players) -> None:
    User.objects.filter(email=LATE).update(last_login=NOW + timedelta(seconds=1))
    before = closed(LATE)

    play(players, 30)

    assert closed(LATE) == before


def test_patients_come_some_minutes_before_their_time(players: Players) -> None:
    play(players, 15)

    due = Appointment.objects.filter(
        clinician__user__email=ON_TIME, modality="video", start__range=(NOW + 9 * MINUTE, NOW + 15 * MINUTE)
    )
    assert all(Presence.objects.filter(participant__appointment=appointment).exists() for appointment in due), list(
        due
    )


def test_who_is_never_let_in_goes_away(players: Players) -> None:
    waiting = here(STEP_IN)

    players.stay(NOW + 80 * MINUTE)
    players.give_up(NOW + 80 * MINUTE)

    assert waiting
    assert not here(STEP_IN)


def test_consults_of_other_clinics_are_closed_but_not_those_that_somebody_just_booked(players: Players) -> None:
    ended = NOW - 121 * MINUTE
    before = make.appointment(start=ended - 20 * MINUTE, now=NOW - timedelta(days=2))
    by_somebody = make.appointment(start=ended - 20 * MINUTE, now=NOW - timedelta(days=2))
    Appointment.objects.filter(pk=by_somebody.pk).update(booked_at=NOW + MINUTE)

    players.tidy(NOW + 2 * MINUTE)

    before.refresh_from_db()
    by_somebody.refresh_from_db()
    assert before.status in ("fulfilled", "noshow")
    assert by_somebody.status == "booked"


def test_a_new_clinic_opens_when_the_old_one_is_over(players: Players) -> None:
    later = NOW + timedelta(hours=4)
    assert not is_in_progress(later)

    players.tidy(later)

    assert is_in_progress(later)
