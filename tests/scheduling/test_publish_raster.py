from datetime import date, time

import pytest

from events.models import Event
from scheduling.models import ClinicSession, RasterPhase
from scheduling.tasks import extend_horizon
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-29", "12.00")


def publish(raster, until="2026-12-04", now=NOW):
    return make.publish(raster, now=now, until=until)


def test_publish_makes_sessions_once_and_a_trial_of_the_draft():
    raster = make.starter_raster("PP-21")
    assert publish(raster).made == 5
    again = publish(raster)
    raster.refresh_from_db()
    assert (again.made, again.changed, raster.sessions.count(), raster.phase) == (0, 0, 5, RasterPhase.TRIAL)
    assert Event.objects.filter(kind="raster.published").count() == 2


def test_publish_reaches_the_booking_horizon_of_the_policy():
    raster = make.starter_raster("PP-21", weekdays=[0])
    make.policy(raster.department, horizon_weeks=8)
    make.publish(raster, now=NOW)
    raster.refresh_from_db()
    assert raster.sessions.order_by("-date")[0].date == date(2027, 1, 18)
    assert raster.published_until == date(2027, 1, 24)


def test_publish_changed_block_rebuilds_sessions_and_lists_what_no_longer_fits():
    raster = make.starter_raster("PP-21", weekdays=[0, 1])
    publish(raster)
    video = raster.blocks.first().types.get(duration_minutes=15)
    booked = make.appointment(
        start=make.amsterdam("2026-11-30", "13.45"), clinician=raster.clinician, type=video, now=NOW
    )
    raster.blocks.update(end=time(13, 30))

    published = publish(raster)

    assert (published.made, published.changed) == (0, 2)
    assert [misfit.appointment_id for misfit in published.misfits] == [booked.pk]
    lengths = [block.ends - block.starts for session in raster.sessions.all() for block in session.blocks.all()]
    assert lengths == [30, 30]
    booked.refresh_from_db()
    assert booked.is_active


def test_publish_after_a_day_was_taken_out_cancels_its_empty_session_and_back_again():
    raster = make.starter_raster("PP-21", weekdays=[0, 1])
    publish(raster)
    tuesday = raster.blocks.get(weekday=1)
    raster.blocks.filter(weekday=1).update(weekday=2)
    assert publish(raster).withdrawn == 1
    assert raster.sessions.get(date=date(2026, 12, 1)).status == ClinicSession.Status.CANCELLED
    raster.blocks.filter(pk=tuesday.pk).update(weekday=1)
    back = publish(raster)
    assert (back.changed, back.withdrawn) == (1, 1)
    assert raster.sessions.get(date=date(2026, 12, 1)).status == ClinicSession.Status.PLANNED


def test_publish_leaves_the_past_alone():
    raster = make.starter_raster("PP-21")
    publish(raster, until="2026-12-11")
    raster.blocks.update(end=time(13, 30))
    publish(raster, until="2026-12-11", now=make.amsterdam("2026-12-08", "8.00"))
    lengths = {s.date.day: sum(b.ends - b.starts for b in s.blocks.all()) for s in raster.sessions.all()}
    assert lengths == {30: 60, 1: 60, 2: 60, 3: 60, 4: 60, 7: 60, 8: 30, 9: 30, 10: 30, 11: 30}


def test_odd_weeks_follow_each_other_over_the_turn_of_2026():
    raster = make.starter_raster("PP-21", weekdays=[0])
    raster.weeks = "odd"
    raster.save()
    publish(raster, until="2027-01-25")
    assert [s.date.isoformat() for s in raster.sessions.order_by("date")] == [
        "2026-11-30",
        "2026-12-14",
        "2026-12-28",
        "2027-01-04",
        "2027-01-18",
    ]


def test_extend_horizon_adds_days_to_published_rasters_only(time_machine):
    published, draft = make.starter_raster("PP-21", weekdays=[0]), make.starter_raster("PP-22", weekdays=[0])
    make.publish(published, now=NOW)
    before = published.sessions.count()
    time_machine.move_to(make.amsterdam("2026-12-14", "3.00"))
    extend_horizon()
    assert (published.sessions.count() - before, draft.sessions.count()) == (3, 0)
