"""Booked appointments that no longer fit: found, told once, and ended by what happens to them."""

from datetime import date, time, timedelta

import pytest

from praktijkplan.placing import RefusalId
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.misfits import AlreadyEnded, NoReason, end_past_misfits, leave_misfit
from scheduling.actions.publishing import extend_raster
from scheduling.contents import draft_content
from scheduling.models import Appointment, AppointmentStatus, ClinicSession, Misfit
from scheduling.queries.misfits import ended_misfits, misfits_to_solve, open_misfits
from scheduling.queries.rasters import publication
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-29", "12.00")
LATER = make.amsterdam("2026-11-29", "15.00")
UNTIL = "2026-12-11"
MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture
def raster():
    """Mondays and Tuesdays from one to two, for two weeks, and someone booked at a quarter to two on Monday."""
    made = make.starter_raster("PP-21", weekdays=[0, 1])
    publish(made)
    return made


@pytest.fixture
def held(raster):
    return book(raster)


def book(raster, clock="13.45", day=MONDAY):
    video = raster.department.appointment_types.get(code="cp-video-15")
    return make.appointment(start=make.amsterdam(day, clock), clinician=raster.clinician, type=video, now=NOW)


def publish(raster, now=NOW):
    done = make.publish(raster, now=now, until=UNTIL)
    raster.refresh_from_db()
    return done


def shorten(raster, until=time(13, 30)):
    raster.blocks.update(end=until)
    return publish(raster)


def ends():
    return {row.appointment_id: row.end for row in Misfit.objects.all()}


def test_found_with_what_the_rules_say(raster, held):
    (misfit,) = shorten(raster).misfits
    assert (misfit.appointment, misfit.raster, misfit.department) == (held, raster, raster.department)
    assert (misfit.found_at, misfit.found_by, misfit.end) == (NOW, "user:1", "")
    assert [refusal["id"] for refusal in misfit.refusals] == [RefusalId.OUTSIDE_BLOCK]
    held.refresh_from_db()
    assert held.is_active


def test_preview_names_the_same(raster, held):
    raster.blocks.update(end=time(13, 30))
    preview = publication(raster, draft_content(raster), first=NOW.date(), until=date.fromisoformat(UNTIL), now=NOW)
    assert [each.appointment for each in preview.misfits] == [held]
    assert not Misfit.objects.exists()


def test_second_publication_finds_nothing_new(raster, held):
    shorten(raster)
    assert publish(raster).misfits == ()
    assert Misfit.objects.count() == 1


def test_open_one_gets_what_is_said_against_it_now(raster, held):
    shorten(raster)
    raster.blocks.filter(weekday=0).delete()
    (again,) = publish(raster).misfits
    assert [refusal["id"] for refusal in again.refusals] == [RefusalId.NO_SESSION]
    assert Misfit.objects.count() == 1


def test_moved(raster, held):
    shorten(raster)
    make.move_appointment(appointment=held, start=make.amsterdam(TUESDAY, "13.15"), by="user:2", now=LATER)
    misfit = Misfit.objects.get()
    assert (misfit.end, misfit.ended_at, misfit.ended_by) == (Misfit.End.MOVED, LATER, "user:2")


def test_cancelled(raster, held):
    shorten(raster)
    cancel_appointment(appointment=held, by="user:2", now=LATER)
    assert ends() == {held.pk: Misfit.End.CANCELLED}


def test_fits_again(raster, held):
    shorten(raster)
    raster.blocks.update(end=time(14, 0))
    publish(raster)
    misfit = Misfit.objects.get()
    assert (misfit.end, misfit.ended_by) == (Misfit.End.FITS_AGAIN, "user:1")


class TestAbsence:
    """An absence has tasks of its own beside those of rasters: what ends one does not end the other."""

    @pytest.fixture
    def task(self, held):
        away = make.absence(held.clinician, held.start, held.end)
        return Misfit.objects.create(
            appointment=held, department=held.department, found_at=NOW, found_by="user:1", absence=away
        )

    def test_raster_that_has_room_does_not_bring_the_clinician_back(self, raster, held, task):
        shorten(raster)
        shorten(raster, until=time(14))
        assert {row.absence_id: row.end for row in Misfit.objects.all()} == {
            task.absence_id: "",
            None: Misfit.End.FITS_AGAIN,
        }

    def test_raster_without_room_is_told_beside_it(self, raster, held, task):
        (misfit,) = shorten(raster).misfits
        assert misfit.absence is None
        task.refresh_from_db()
        assert (task.raster, task.refusals) == (None, [])

    def test_list_of_rasters_shows_its_own(self, raster, held, task):
        assert not open_misfits(raster.department).exists()
        assert misfits_to_solve(raster.department, NOW).count() == 0
        shorten(raster)
        assert [row.absence for row in open_misfits(raster.department)] == [None]
        assert misfits_to_solve(raster.department, NOW).count() == 1
        leave_misfit(misfit=task, reason="Een collega neemt waar", by="user:1", now=NOW)
        assert not ended_misfits(raster.department, since=NOW).exists()

    def test_move_ends_both(self, raster, held, task):
        shorten(raster)
        make.move_appointment(appointment=held, start=make.amsterdam(TUESDAY, "13.15"), by="user:2", now=LATER)
        assert set(Misfit.objects.values_list("end", flat=True)) == {Misfit.End.MOVED}


def test_left_with_a_reason_stays_left_until_something_new_is_said_against_it(raster, held):
    (misfit,) = shorten(raster).misfits
    leave_misfit(misfit=misfit, reason=" Komt toch ", by="user:3", now=LATER)
    misfit.refresh_from_db()
    assert (misfit.end, misfit.reason, misfit.ended_by) == (Misfit.End.LEFT, "Komt toch", "user:3")
    # Changed once more, and as far from fitting as it was.
    assert shorten(raster, time(13, 15)).misfits == ()
    raster.blocks.filter(weekday=0).delete()
    assert [each.appointment for each in publish(raster).misfits] == [held]
    assert sorted(Misfit.objects.values_list("end", flat=True)) == ["", "left"]


def test_left_in_a_clinic_that_closes_is_not_found_again_every_night(raster, held):
    raster.blocks.filter(weekday=0).delete()
    (misfit,) = publish(raster).misfits
    leave_misfit(misfit=misfit, reason="Komt toch", by="user:3", now=LATER)
    assert extend_raster(raster=raster, by="system", now=LATER).misfits == ()
    assert Misfit.objects.count() == 1


def test_leaving_needs_a_reason_and_an_open_task(raster, held):
    (misfit,) = shorten(raster).misfits
    with pytest.raises(NoReason):
        leave_misfit(misfit=misfit, reason="  ", by="user:3", now=LATER)
    leave_misfit(misfit=misfit, reason="Komt toch", by="user:3", now=LATER)
    with pytest.raises(AlreadyEnded):
        leave_misfit(misfit=misfit, reason="Nog eens", by="user:4", now=LATER)
    misfit.refresh_from_db()
    assert misfit.reason == "Komt toch"


def test_past_by_itself(raster, held):
    shorten(raster)
    assert end_past_misfits(now=held.end) == 0
    assert end_past_misfits(now=held.end + timedelta(minutes=1)) == 1
    assert ends() == {held.pk: Misfit.End.PAST}


@pytest.mark.parametrize("status", [AppointmentStatus.FULFILLED, AppointmentStatus.NO_SHOW])
def test_what_was_held_is_no_misfit_and_its_clinic_is_not_cancelled(raster, held, status):
    Appointment.objects.filter(pk=held.pk).update(status=status)
    raster.blocks.filter(weekday=0).delete()
    done = publish(raster, now=make.amsterdam(MONDAY, "13.50"))
    assert ([session.date for session in done.closing], done.misfits) == ([MONDAY], ())


def test_cancelled_appointment_keeps_no_clinic_open(raster, held):
    cancel_appointment(appointment=held, by="user:2", now=LATER)
    raster.blocks.filter(weekday=0).delete()
    done = publish(raster)
    assert (done.withdrawn, done.closing) == (2, ())


def test_consult_that_goes_on_is_still_told_and_one_that_is_over_is_not(raster):
    over, now_on = book(raster, "13.00"), book(raster, "13.15")
    raster.blocks.filter(weekday=0).delete()
    done = publish(raster, now=make.amsterdam(MONDAY, "13.20"))
    assert [misfit.appointment for misfit in done.misfits] == [now_on]
    assert over.is_active


def test_closing_clinic_is_cancelled_when_its_last_patient_has_gone(raster, held):
    raster.blocks.filter(weekday=0).delete()
    publish(raster)
    assert raster.sessions.get(date=MONDAY).status == ClinicSession.Status.CLOSING
    make.move_appointment(appointment=held, start=make.amsterdam(TUESDAY, "13.15"), by="user:2", now=LATER)
    done = extend_raster(raster=raster, by="system", now=LATER)
    assert done.withdrawn == 1
    assert raster.sessions.get(date=MONDAY).status == ClinicSession.Status.CANCELLED


def test_another_form_of_contact_does_not_fit(raster, held):
    visits = raster.department.appointment_types.filter(modality="visit")
    for block in raster.blocks.all():
        block.types.set(visits)
    raster.blocks.update(mode="flexible", slot_minutes=0)
    (misfit,) = publish(raster).misfits
    assert RefusalId.TYPE_NOT_ALLOWED in [refusal["id"] for refusal in misfit.refusals]


def test_held_for_urgent_consults_does_not_put_out_who_is_booked(raster, held):
    raster.blocks.update(release_minutes=3 * 24 * 60)
    done = publish(raster)
    assert (done.changed, done.misfits) == (4, ())
    block = raster.sessions.get(date=MONDAY).blocks.get()
    assert block.starts - block.released == 3 * 24 * 60


# --- Two rasters of one clinician -----------------------------------------------------------------------------------
def successor(raster, start="13.00", end="14.00"):
    """The same clinician from the seventh of December on, on trial soon."""
    made = make.RasterFactory(
        department=raster.department, clinician=raster.clinician, valid_from=date(2026, 12, 7), name="Daarna"
    )
    make.raster_block(made, 0, start, end)
    return made


def test_what_the_first_raster_leaves_behind_belongs_to_the_clinic_of_the_second(raster):
    held = book(raster, day=date(2026, 12, 7))
    raster.valid_until = date(2026, 12, 4)
    raster.save()
    assert [misfit.appointment for misfit in publish(raster).misfits] == [held]

    second = successor(raster)
    done = publish(second)

    held.refresh_from_db()
    assert (done.made, done.followed, held.session.raster) == (1, 1, second)
    assert ends() == {held.pk: Misfit.End.FITS_AGAIN}
    # Its old clinic has nobody left.
    assert extend_raster(raster=raster, by="system", now=LATER).withdrawn == 1


def test_clinic_of_the_second_raster_that_has_no_room_leaves_it_a_misfit_of_the_first(raster):
    held = book(raster, day=date(2026, 12, 7))
    raster.valid_until = date(2026, 12, 4)
    raster.save()
    publish(raster)
    done = publish(successor(raster, "15.00", "16.00"))
    misfit = Misfit.objects.get()
    assert (done.misfits, done.followed, misfit.raster, misfit.appointment) == ((), 0, raster, held)


def test_second_raster_beside_the_first_on_one_half_day_holds_what_the_first_lets_go(raster):
    held = book(raster)
    beside = make.RasterFactory(department=raster.department, clinician=raster.clinician, name="Ernaast")
    make.raster_block(beside, 0, "14.00", "15.00")
    publish(beside)
    shorten(raster)
    assert ends() == {held.pk: ""}
    beside.blocks.update(start=time(13, 30))
    done = publish(beside)
    held.refresh_from_db()
    assert (done.followed, held.session.raster, ends()) == (1, beside, {held.pk: Misfit.End.FITS_AGAIN})


def test_one_that_fits_where_it_is_stays_there(raster):
    """Blocks beside each other that both would do."""
    held = book(raster)
    home = held.session
    raster.blocks.update(release_minutes=60)
    assert publish(raster).followed == 0
    held.refresh_from_db()
    assert held.session == home


def test_publication_asks_the_database_as_often_for_few_as_for_many(count_queries):
    few, many = (make.starter_raster("PP-21") for _ in range(2))

    def measured(raster, until, booked):
        make.publish(raster, now=NOW, until=until)
        for clock, day in booked:
            book(raster, clock, day)
        raster.blocks.update(end=time(13, 30))
        raster.refresh_from_db()
        content = draft_content(raster)
        with count_queries() as queries:
            plan = publication(raster, content, first=NOW.date(), until=date.fromisoformat(until), now=NOW)
        return queries, len(plan.changed), len(plan.misfits)

    one, changed, misfits = measured(few, "2026-11-30", [("13.45", MONDAY)])
    assert (changed, misfits) == (1, 1)
    days = [("13.30", MONDAY), ("13.45", MONDAY), ("13.45", TUESDAY), ("13.30", date(2026, 12, 9))]
    more, changed, misfits = measured(many, "2027-05-28", days)
    assert changed > 100
    assert misfits == 4
    assert more.count == one.count, f"{one}\n\n{more}"
