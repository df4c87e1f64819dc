"""Whatever day or hour the demo starts, a clinic is in progress around that moment."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from demo.hospital.clinic import CAST, LATE, ON_TIME, STEP_IN, Visitor, is_in_progress, open_clinic
from notifications.models import Message, MessageState
from people.models import Clinician
from scheduling.localtime import AMSTERDAM, local_day
from scheduling.models import Absence, Appointment, AppointmentStatus, ClinicSession, Occupancy, SessionBlock
from scheduling.models.minutes import to_minute
from tests.demo.hospitals import build
from waitingroom.models import Closing, Presence
from waitingroom.queries import DayRow, clinician_delays, day_rows

pytestmark = pytest.mark.django_db


def amsterdam(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM, fold=fold)


# 2026-11-22 is a Sunday. The clock is changed in the nights of 2027-03-28 and 2026-10-25.
MOMENTS = {
    "Sunday, three at night": amsterdam("2026-11-22T03:00"),
    "two minutes before midnight": amsterdam("2026-11-21T23:58"),
    "a minute after midnight": amsterdam("2026-11-22T00:01"),
    "New Year's Eve": amsterdam("2026-12-31T23:59:30"),
    "just before the hour that spring skips": amsterdam("2027-03-28T01:57"),
    "just after the hour that spring skips": amsterdam("2027-03-28T03:02"),
    "the doubled hour of autumn, first time": amsterdam("2026-10-25T02:30"),
    "the doubled hour of autumn, second time": amsterdam("2026-10-25T02:30", fold=1),
    "a video block, Monday morning": amsterdam("2026-11-23T10:05"),
    "a break, Tuesday morning": amsterdam("2026-11-24T10:20"),
    "noon, where one half-day ends": amsterdam("2026-11-24T12:31"),
    "the fixed hour, Wednesday afternoon": amsterdam("2026-11-25T13:20"),
    "Thursday at the end of the afternoon": amsterdam("2026-11-26T16:50"),
}


def rows_around(now: datetime) -> list[DayRow]:
    days = {local_day(now + timedelta(hours=hours)) for hours in (-3, 0, 3)}
    return [row for day in sorted(days) for row in day_rows(day=day, now=now)]


def statuses(rows: list[DayRow], email: str) -> set[str]:
    return {row.status for row in rows if row.appointment.clinician.user.email == email}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_a_clinic_is_in_progress(moment: datetime) -> None:
    now = moment.astimezone(UTC)
    build(now)

    visitor = open_clinic(now=now)

    check_that_patients_wait_and_one_is_inside(now)
    check_that_nothing_overlaps()
    check_that_messages_fall_due_within_minutes(now)
    assert isinstance(visitor, Visitor)
    check_that_the_visitor_can_come_in_by_the_mailed_link(visitor, now)


def check_that_patients_wait_and_one_is_inside(now: datetime) -> None:
    rows = rows_around(now)
    assert is_in_progress(now)
    here = [row for row in rows if row.present and not row.runs]
    assert {STEP_IN, LATE} <= {row.appointment.clinician.user.email for row in here}
    assert {"waiting", "late"} & {row.status for row in here}
    assert "active" in statuses(rows, LATE)
    assert "active" not in statuses(rows, STEP_IN)
    delays = clinician_delays([row for row in rows if row.appointment.clinician.user.email == LATE], now)
    assert max(delay.minutes for delay in delays.values()) >= 5
    for email in CAST:
        assert {"done", "planned"} <= statuses(rows, email), email


def check_that_nothing_overlaps() -> None:
    for clinician in Clinician.objects.filter(user__email__in=CAST):
        blocks = SessionBlock.objects.filter(clinician_id=clinician.pk).order_by("starts")
        assert all(one.ends <= other.starts for one, other in pairwise(blocks)), clinician
        taken = Occupancy.objects.filter(resource=1, resource_id=clinician.pk).order_by("starts")
        assert all(one.ends <= other.starts for one, other in pairwise(taken)), clinician
    for session in ClinicSession.objects.filter(source="demo").prefetch_related("blocks"):
        assert {local_day(block.start) for block in session.blocks.all()} == {session.date}


def check_that_messages_fall_due_within_minutes(now: datetime) -> None:
    soon = Message.objects.filter(state=MessageState.PLANNED, due_at__gt=now, due_at__lte=now + timedelta(minutes=15))
    assert soon.exists()


def check_that_the_visitor_can_come_in_by_the_mailed_link(visitor: Visitor, now: datetime) -> None:
    message = Message.objects.get(
        appointment__patient__email=visitor.email, state="planned", channel="email", due_at__lte=now
    )
    appointment = message.appointment
    assert appointment.status == AppointmentStatus.BOOKED
    assert timedelta(minutes=-5) <= appointment.start - now <= timedelta(minutes=30)
    assert not Presence.objects.filter(participant__appointment=appointment).exists()
    assert f"{appointment.patient.birth_date:%d-%m-%Y}" == visitor.birth_date


def test_opening_it_again_adds_only_what_is_missing() -> None:
    now = MOMENTS["a minute after midnight"].astimezone(UTC)
    build(now)
    open_clinic(now=now)
    sessions, booked = ClinicSession.objects.count(), Appointment.objects.count()
    closed = set(Closing.objects.values_list("pk", flat=True))

    open_clinic(now=now)

    assert ClinicSession.objects.count() == sessions
    assert Appointment.objects.count() <= booked + 3
    assert closed <= set(Closing.objects.values_list("pk", flat=True))
    inside = Presence.objects.filter(place=Presence.Place.ADMITTED, participant__appointment__status="booked")
    assert inside.filter(participant__appointment__clinician__user__email=ON_TIME).count() == 1


def test_a_later_start_has_a_clinic_of_its_own() -> None:
    now = MOMENTS["two minutes before midnight"].astimezone(UTC)
    build(now)
    open_clinic(now=now)
    later = now + timedelta(hours=9)
    assert not is_in_progress(later)

    open_clinic(now=later)

    assert is_in_progress(later)
    inside = Presence.objects.filter(place=Presence.Place.ADMITTED, participant__appointment__status="booked")
    assert {p.participant.appointment.start > now + timedelta(hours=6) for p in inside} == {True}


def test_a_clinician_who_is_away_is_not_booked() -> None:
    now = MOMENTS["a minute after midnight"].astimezone(UTC)
    build(now)
    clinician = Clinician.objects.get(user__email=ON_TIME)
    Absence.objects.create(clinician=clinician, starts=to_minute(now) - 1440, ends=to_minute(now) + 1440)

    assert open_clinic(now=now) is not None
    assert not Appointment.objects.filter(clinician=clinician).exists()
