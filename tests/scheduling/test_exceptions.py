"""Alleen deze dag: closed, shifted, blocks of its own; at once where it was published, later where it was not."""

from datetime import date, time

import pytest

from praktijkplan.localtime import HalfDay
from praktijkplan.rasters import BlockPlan
from praktijkplan.slots import BlockMode
from scheduling.actions.exceptions import (
    InPast,
    NothingThere,
    ShiftsTooFar,
    WrongHalfDay,
    close_half_day,
    follow_raster_again,
    set_half_day,
    shift_half_day,
)
from scheduling.actions.publishing import Refused, extend_raster
from scheduling.contents import BlockContent
from scheduling.models import ClinicSession, Misfit
from scheduling.queries.rasters import NoClinician
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-29", "12.00")
MONDAY, NEXT, BEYOND = date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 14)
UNTIL = "2026-12-11"
MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON
SIGNED = {"by": "user:1", "now": NOW}


@pytest.fixture
def raster():
    """Mondays from one to two, published for two weeks."""
    made = make.starter_raster("PP-21", weekdays=[0])
    make.publish(made, now=NOW, until=UNTIL)
    made.refresh_from_db()
    return made


def on(raster, day):
    """The clock of what is held on a date: half-day, hour, minute, minutes."""
    found = []
    for session in raster.sessions.filter(date=day, status=ClinicSession.Status.PLANNED).order_by("half_day"):
        for block in session.blocks.all():
            local = block.start.astimezone(NOW.tzinfo)
            found.append((session.half_day, f"{local:%H.%M}", block.ends - block.starts))
    return found


def block(start, end, types=(), mode=BlockMode.FLEXIBLE, **more):
    plan = BlockPlan(
        key=-1, weekday=0, start=time.fromisoformat(start), end=time.fromisoformat(end), mode=mode, **more
    )
    return BlockContent(plan, frozenset(kind.pk for kind in types))


def booked(raster, clock="13.45", day=MONDAY):
    video = raster.department.appointment_types.get(code="cp-video-15")
    return make.appointment(start=make.amsterdam(day, clock), clinician=raster.clinician, type=video, now=NOW)


def test_closed_day_is_withdrawn_at_once_and_only_that_day(raster):
    done = close_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, reason="Congres", **SIGNED)
    assert (done.withdrawn, on(raster, MONDAY), on(raster, NEXT)) == (1, [], [("afternoon", "13.00", 60)])
    kept = raster.exceptions.get()
    assert (kept.kind, kept.reason, kept.made_by) == ("closed", "Congres", "user:1")


def test_closed_day_with_a_patient_stays_for_that_patient(raster):
    held = booked(raster)
    done = close_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, reason="Ziek", **SIGNED)
    assert [session.date for session in done.closing] == [MONDAY]
    assert [misfit.appointment_id for misfit in done.misfits] == [held.pk]
    assert raster.sessions.get(date=MONDAY).status == ClinicSession.Status.CLOSING


def test_exception_outlives_every_publication(raster):
    close_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, reason="", **SIGNED)
    raster.blocks.update(end=time(13, 30))
    make.publish(raster, now=NOW, until=UNTIL)
    assert (on(raster, MONDAY), on(raster, NEXT)) == ([], [("afternoon", "13.00", 30)])


def test_beyond_what_was_published_it_waits_for_its_publication(raster):
    assert shift_half_day(raster=raster, day=BEYOND, half_day=AFTERNOON, minutes=30, reason="", **SIGNED) is None
    assert on(raster, BEYOND) == []
    extend_raster(raster=raster, now=NOW, by="system", until=BEYOND)
    assert on(raster, BEYOND) == [("afternoon", "13.30", 60)]


def test_draft_that_was_never_published_keeps_its_exception_too():
    draft = make.starter_raster("PP-21", weekdays=[0])
    assert close_half_day(raster=draft, day=MONDAY, half_day=AFTERNOON, reason="", **SIGNED) is None
    make.publish(draft, now=NOW, until=UNTIL)
    assert (on(draft, MONDAY), on(draft, NEXT)) == ([], [("afternoon", "13.00", 60)])


@pytest.mark.parametrize(("minutes", "clock"), [(15, "13.15"), (-30, "12.30"), (240, "17.00")])
def test_shifted_day(raster, minutes, clock):
    done = shift_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, minutes=minutes, reason="", **SIGNED)
    assert (done.changed, on(raster, MONDAY)) == (1, [("afternoon", clock, 60)])


@pytest.mark.parametrize("minutes", [0, 241, -241, -60])
def test_shift_too_far(raster, minutes):
    """Over four hours, or into the morning, which is another session."""
    with pytest.raises(ShiftsTooFar):
        shift_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, minutes=minutes, reason="", **SIGNED)
    assert not raster.exceptions.exists()


def test_shift_over_midnight_is_refused():
    late = make.RasterFactory()
    make.usual_types(late.department)
    make.raster_block(late, 0, "21.00", "22.00")
    make.publish(late, now=NOW, until=UNTIL)
    for minutes in (120, 180, 240):
        with pytest.raises(ShiftsTooFar):
            shift_half_day(raster=late, day=MONDAY, half_day=AFTERNOON, minutes=minutes, reason="", **SIGNED)
    shift_half_day(raster=late, day=MONDAY, half_day=AFTERNOON, minutes=115, reason="", **SIGNED)
    assert on(late, MONDAY) == [("afternoon", "22.55", 60)]


def test_shift_in_the_night_in_which_the_clock_is_changed_is_in_minutes_that_pass():
    sunday = date(2027, 3, 28)
    night = make.RasterFactory(valid_from=date(2027, 3, 1))
    make.usual_types(night.department)
    make.policy(night.department, closed_on_holidays=False)
    make.raster_block(night, 6, "01.00", "01.30")
    early = make.amsterdam("2027-03-27", "9.00")
    make.publish(night, now=early, until=sunday)
    shift_half_day(raster=night, day=sunday, half_day=MORNING, minutes=90, reason="", by="user:1", now=early)
    (held,) = night.sessions.get().blocks.all()
    assert (held.start, held.ends - held.starts) == (make.amsterdam(sunday, "3.30"), 30)


def test_nothing_to_shift(raster):
    with pytest.raises(NothingThere):
        shift_half_day(raster=raster, day=MONDAY, half_day=MORNING, minutes=15, reason="", **SIGNED)
    assert not raster.exceptions.exists()


def test_shift_into_the_other_clinic_of_the_day_is_refused():
    raster = make.RasterFactory()
    make.usual_types(raster.department)
    make.raster_block(raster, 0, "10.00", "12.00", types=raster.department.appointment_types.filter(modality="visit"))
    make.raster_block(raster, 0, "13.00", "14.00")
    make.publish(raster, now=NOW, until=UNTIL)
    before = on(raster, MONDAY)
    refused = shift_half_day(raster=raster, day=MONDAY, half_day=MORNING, minutes=75, reason="", **SIGNED)
    assert isinstance(refused, Refused)
    assert {finding.id.value for finding in refused.findings} == {"overlaps"}
    assert (on(raster, MONDAY), raster.exceptions.count()) == (before, 0)


def test_shift_into_another_raster_of_the_clinician_is_refused(raster):
    other = make.RasterFactory(department=raster.department, clinician=raster.clinician)
    make.raster_block(other, 0, "15.00", "16.00")
    make.publish(other, now=NOW, until=UNTIL)
    refused = shift_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, minutes=90, reason="", **SIGNED)
    assert [finding.id.value for finding in refused.findings] == ["rasters_collide"]


def test_own_blocks_replace_those_of_the_raster_on_that_date(raster):
    visits = raster.department.appointment_types.filter(modality="visit")
    blocks = [block("15:00", "16:00", visits), block("14:00", "15:00", visits)]
    done = set_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, blocks=blocks, reason="", **SIGNED)
    assert done.changed == 1
    assert on(raster, MONDAY) == [("afternoon", "14.00", 60), ("afternoon", "15.00", 60)]
    assert [each["key"] for each in raster.exceptions.get().blocks] == [1, 2]


def test_extra_session_where_the_raster_has_none(raster):
    wednesday = date(2026, 12, 2)
    visits = raster.department.appointment_types.filter(modality="visit")
    done = set_half_day(
        raster=raster, day=wednesday, half_day=MORNING, blocks=[block("09:00", "11:00", visits)], reason="", **SIGNED
    )
    assert (done.made, on(raster, wednesday)) == (1, [("morning", "09.00", 120)])
    back = follow_raster_again(raster=raster, day=wednesday, half_day=MORNING, **SIGNED)
    assert (back.withdrawn, on(raster, wednesday)) == (1, [])


@pytest.mark.parametrize(
    ("blocks", "wrong"),
    [
        ([("14:00", "15:00"), ("14:30", "15:30")], "overlaps"),
        ([("15:00", "14:00")], "ends_first"),
    ],
)
def test_own_blocks_that_make_no_sense_are_refused(raster, blocks, wrong):
    visits = raster.department.appointment_types.filter(modality="visit")
    given = [block(start, end, visits) for start, end in blocks]
    refused = set_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, blocks=given, reason="", **SIGNED)
    assert isinstance(refused, Refused)
    assert wrong in {finding.id.value for finding in refused.findings}
    assert (on(raster, MONDAY), raster.exceptions.count()) == ([("afternoon", "13.00", 60)], 0)


def test_own_blocks_of_the_other_half_day_are_refused(raster):
    with pytest.raises(WrongHalfDay):
        set_half_day(
            raster=raster, day=MONDAY, half_day=MORNING, blocks=[block("14:00", "15:00")], reason="", **SIGNED
        )


@pytest.mark.parametrize("blocks", [[], [("13:00", "14:00", BlockMode.BREAK)]])
def test_own_blocks_without_a_consult_are_no_session(raster, blocks):
    given = [block(start, end, mode=mode) for start, end, mode in blocks]
    with pytest.raises(NothingThere):
        set_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, blocks=given, reason="", **SIGNED)


def test_taken_back_the_raster_is_followed_again_and_who_fits_again_is_no_misfit(raster):
    held = booked(raster)
    close_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, reason="", **SIGNED)
    done = follow_raster_again(raster=raster, day=MONDAY, half_day=AFTERNOON, **SIGNED)
    assert (done.changed, on(raster, MONDAY)) == (1, [("afternoon", "13.00", 60)])
    assert Misfit.objects.get(appointment=held).end == Misfit.End.FITS_AGAIN
    assert not raster.exceptions.exists()


def test_nothing_to_take_back_is_no_change(raster):
    assert follow_raster_again(raster=raster, day=MONDAY, half_day=AFTERNOON, **SIGNED) is None


def test_exception_is_replaced_by_the_next_on_the_same_half_day(raster):
    close_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, reason="", **SIGNED)
    shift_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, minutes=15, reason="", **SIGNED)
    assert raster.exceptions.get().kind == "shifted"
    close_half_day(raster=raster, day=MONDAY, half_day=AFTERNOON, reason="", **SIGNED)
    kept = raster.exceptions.get()
    assert (kept.kind, kept.shift_minutes) == ("closed", 0)


def test_clinic_on_a_holiday_by_exception():
    raster = make.starter_raster("PP-21", weekdays=[4])
    christmas = date(2026, 12, 25)
    make.publish(raster, now=NOW, until=christmas)
    assert on(raster, christmas) == []
    visits = raster.department.appointment_types.filter(modality="visit")
    set_half_day(
        raster=raster,
        day=christmas,
        half_day=AFTERNOON,
        blocks=[block("13:00", "14:00", visits)],
        reason="",
        **SIGNED,
    )
    assert on(raster, christmas) == [("afternoon", "13.00", 60)]


@pytest.mark.parametrize("exception", ["close", "shift", "own", "back"])
def test_the_past_stays_as_it_was(raster, exception):
    yesterday = {"raster": raster, "day": date(2026, 11, 28), "half_day": AFTERNOON, **SIGNED}
    acts = {
        "close": lambda: close_half_day(reason="", **yesterday),
        "shift": lambda: shift_half_day(minutes=5, reason="", **yesterday),
        "own": lambda: set_half_day(blocks=[], reason="", **yesterday),
        "back": lambda: follow_raster_again(**yesterday),
    }
    with pytest.raises(InPast):
        acts[exception]()


def test_starter_has_no_dates():
    starter = make.starter_raster("PP-21", weekdays=[0])
    starter.clinician = None
    starter.save()
    with pytest.raises(NoClinician):
        close_half_day(raster=starter, day=MONDAY, half_day=AFTERNOON, reason="", **SIGNED)
