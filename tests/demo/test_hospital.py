"""The whole demo hospital, eight weeks of it, built once through the real actions."""

from datetime import datetime, time, timedelta
from statistics import mean

import pytest
from django.db.models import Count, Q

from demo.hospital.bookings import fill_ahead
from demo.hospital.build import WEEKS_AHEAD, build_hospital, share_password
from demo.hospital.staff import STAFF
from notifications.models import CallTask, Message
from people.models import Clinician, Patient, User
from praktijkplan.intervals import merge
from praktijkplan.slots import BlockMode
from praktijkplan.starters import fixed_hour, hybrid_afternoon, video_block
from scheduling.localtime import AMSTERDAM, local_day
from scheduling.models import (
    Absence,
    Appointment,
    ClinicSession,
    FollowUpOrder,
    ModalityRequest,
    Occupancy,
    Raster,
    Resource,
    SessionBlock,
    SuitabilityCheck,
    WaitingListEntry,
)
from scheduling.models.minutes import to_minute
from waitingroom.models import Closing, Outcome, RegisteredActivity

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW = datetime(2026, 11, 25, 11, 7, tzinfo=AMSTERDAM)


@pytest.fixture(scope="module")
def hospital(django_db_setup, django_db_blocker):
    """One database for the module: building it takes most of a minute. Emptied by the last test's teardown."""
    from django.core.management import call_command

    with django_db_blocker.unblock():
        filled = build_hospital(now=NOW, password="one for all")
        for _ in fill_ahead(after=filled, now=NOW):
            pass
        yield
        call_command("flush", interactive=False, verbosity=0)


def share_booked(first: datetime, last: datetime) -> float:
    """Of the time that can be booked between two moments, how much is."""
    window = to_minute(first), to_minute(last)
    blocks = SessionBlock.objects.filter(starts__gte=window[0], ends__lte=window[1]).exclude(mode=BlockMode.BREAK)
    room = sum(ends - starts for starts, ends in blocks.values_list("starts", "ends"))
    taken = Occupancy.objects.filter(resource=Resource.CLINICIAN, starts__gte=window[0], ends__lte=window[1])
    return sum(ends - starts for starts, ends in taken.values_list("starts", "ends")) / room


def test_agendas_are_filled_for_two_weeks_and_less_after_that(hospital) -> None:
    assert 0.62 <= share_booked(NOW, NOW + timedelta(weeks=2)) <= 0.80
    assert 0.05 <= share_booked(NOW + timedelta(weeks=2), NOW + timedelta(weeks=4)) <= 0.3
    assert 0.01 <= share_booked(NOW + timedelta(weeks=4), NOW + timedelta(weeks=8)) <= 0.15


def test_sessions_are_published_eight_weeks_ahead(hospital) -> None:
    last = ClinicSession.objects.order_by("-date")[0].date

    assert last - local_day(NOW) <= timedelta(weeks=WEEKS_AHEAD)
    assert last - local_day(NOW) >= timedelta(weeks=WEEKS_AHEAD, days=-4)


def test_all_three_examples_of_the_plan_are_there(hospital) -> None:  # PP-21, PP-22, PP-23
    days = {raster: _day_of(raster) for raster in Raster.objects.all()}

    for example in (fixed_hour, video_block, hybrid_afternoon):
        plan = example(local_day(NOW), [0])
        assert [(each.start, each.end, each.mode) for each in plan.blocks] in days.values(), example
    assert {raster.weeks for raster in days} == {"every", "even", "odd"}


def _day_of(raster: Raster) -> list[tuple[time, time, str]]:
    """Of its first weekday."""
    blocks = raster.blocks.order_by("weekday", "start")
    return list(blocks.filter(weekday=blocks[0].weekday).values_list("start", "end", "mode"))


def test_video_patients_are_43_on_average_and_the_oldest_is_99(hospital) -> None:
    video = Appointment.objects.filter(modality="video").select_related("patient")
    ages = [one.patient.age_on(local_day(one.start)) for one in video]

    assert 40 <= mean(ages) <= 46
    assert max(ages) == 99


def test_nobody_works_in_two_places_or_shares_a_room_at_the_same_time(hospital) -> None:
    for column in ("clinician_id", "workplace_id"):
        for thing in set(SessionBlock.objects.exclude(**{column: None}).values_list(column, flat=True)):
            sessions: dict[int, list[tuple[int, int]]] = {}
            for session, starts, ends in SessionBlock.objects.filter(**{column: thing}).values_list(
                "session_id", "starts", "ends"
            ):
                sessions.setdefault(session, []).append((starts, ends))
            spans = [(min(s for s, _ in held), max(e for _, e in held)) for held in sessions.values()]
            assert sum(e - s for s, e in spans) == sum(e - s for s, e in merge(spans)), (column, thing)


def test_bookings_came_with_facts_and_messages(hospital) -> None:
    assert Appointment.objects.count() > 600
    assert not Appointment.objects.filter(messages=None, patient__unsafe_address=False).exists()
    kinds = {"confirmation", "day_before", "hour_before", "request_answered"}
    assert set(Message.objects.values_list("kind", flat=True)) == kinds
    assert not Message.objects.filter(state="planned", due_at__lt=NOW - timedelta(hours=1)).exists()
    assert not Message.objects.filter(state="sent", body="").exists()
    assert CallTask.objects.filter(reason="no_channel").exists()


def test_last_week_was_held_and_closed_with_its_codes(hospital) -> None:
    past = Appointment.objects.filter(end__lt=NOW - timedelta(minutes=90))

    assert past.count() > 50
    assert not past.filter(status="booked").exists()
    assert set(Closing.objects.values_list("outcome", flat=True)) >= {Outcome.HELD, Outcome.NO_SHOW}
    assert {"190165", "190166"} <= set(RegisteredActivity.objects.values_list("code", flat=True))


def test_children_come_with_a_parent(hospital) -> None:
    children = Patient.objects.filter(birth_date__gt=local_day(NOW).replace(year=NOW.year - 11))
    booked = Appointment.objects.filter(patient__in=children)

    assert booked.exists()
    roles = booked.annotate(parents=Count("participants__representative")).values_list("parents", flat=True)
    assert min(roles) >= 1


def test_all_accounts_share_one_password_also_a_new_one(hospital) -> None:
    assert all(user.check_password("one for all") for user in User.objects.all())
    assert User.objects.count() == len(STAFF)
    assert Clinician.objects.exclude(user=None).count() == 12

    share_password("another")

    assert all(user.check_password("another") for user in User.objects.all())


def test_there_is_work_for_the_desk(hospital) -> None:
    """An illness with nobody planned anew yet, requests, orders, the waiting list, forms weighed, interpreters."""
    ill = Absence.objects.annotate(to_do=Count("misfits", filter=Q(misfits__ended_at=None))).get()
    overruled = [check for check in SuitabilityCheck.objects.all() if check.overruled_reason]

    assert 45 <= ill.to_do <= 75
    assert ModalityRequest.objects.filter(ended_at=None).exists()
    assert FollowUpOrder.objects.filter(appointment=None).exists()
    assert WaitingListEntry.objects.exists()
    assert any("no_skills_or_means" in check.findings for check in overruled)
    assert Occupancy.objects.filter(resource=Resource.INTERPRETER, active=True).count() >= 8
