"""The agenda's columns: what is held, booked, taken elsewhere, absent and free, in a fixed number of selects."""

from datetime import timedelta

import pytest

from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import Appointment, ClinicSession, Occupancy, Resource, SessionBlock
from scheduling.models.minutes import to_minute
from scheduling.queries.agenda import agenda_of, clinicians_at_work
from tests import factories as make

pytestmark = pytest.mark.django_db
MONDAY = make.amsterdam("2026-11-30", "0.00").date()
NOW = make.amsterdam("2026-11-27", "9.00")


def at(clock):
    return make.amsterdam(MONDAY, clock)


@pytest.fixture
def lungs():
    return make.department("longziekten")


@pytest.fixture
def video(lungs):
    return make.AppointmentTypeFactory(department=lungs, duration_minutes=20)


@pytest.fixture
def doctor(lungs, video):
    """Monday from 9.00 to 11.00, with a break at 10.00."""
    clinician = make.ClinicianFactory(departments=[lungs], name="dr. M. van der Veen")
    make.session_with(clinician, MONDAY, "9.00", "11.00", breaks=[("10.00", "10.20")], department=lungs)
    return clinician


@pytest.fixture
def book(lungs, video, doctor):
    def booked(clock, **more):
        more.setdefault("clinician", doctor)
        return make.appointment(type=video, start=at(clock), now=NOW, **more)

    return booked


def column(department, clinician, day=MONDAY, now=NOW, **more):
    (found,) = agenda_of(department, [clinician], day, day, now=now, **more)
    return found


def starts(found):
    return [(place.start, place.end) for place in found.free]


def twenty(*clocks):
    return [(at(clock), at(clock) + timedelta(minutes=20)) for clock in clocks]


def test_blocks_bookings_and_free_places_of_a_day(lungs, doctor, book):
    held = book("9.20")
    found = column(lungs, doctor)
    assert [(block.start, block.end) for block in found.blocks] == [
        (at("9.00"), at("10.00")),
        (at("10.00"), at("10.20")),
        (at("10.20"), at("11.00")),
    ]
    assert [each.appointment for each in found.booked] == [held]
    assert starts(found) == twenty("9.00", "9.40", "10.20", "10.40")


def test_columns_come_by_day_and_then_in_the_order_asked(lungs, doctor, video):
    colleague = make.ClinicianFactory(departments=[lungs], name="A. Yıldız")
    found = agenda_of(lungs, [doctor, colleague], MONDAY, MONDAY + timedelta(days=1), now=NOW)
    tuesday = MONDAY + timedelta(days=1)
    assert [(each.day, each.clinician) for each in found] == [
        (MONDAY, doctor),
        (MONDAY, colleague),
        (tuesday, doctor),
        (tuesday, colleague),
    ]


def test_cancelled_appointment_leaves_its_place_free(lungs, doctor, book):
    cancel_appointment(appointment=book("9.20"), by="system", now=NOW)
    found = column(lungs, doctor)
    assert found.booked == ()
    assert at("9.20") in dict(starts(found))


def test_nothing_is_free_in_the_past_or_beyond_the_horizon(lungs, doctor):
    assert starts(column(lungs, doctor, now=at("10.25"))) == twenty("10.25")
    make.policy(lungs, horizon_weeks=1)
    assert starts(column(lungs, doctor, now=NOW - timedelta(weeks=3))) == []


def test_absence_stands_in_the_column_and_takes_the_free_places(lungs, doctor, book):
    held = book("9.20")
    make.absence(doctor, at("9.00"), at("10.30"), kind="ill")
    found = column(lungs, doctor)
    assert [(each.start, each.end, each.kind) for each in found.absences] == [(at("9.00"), at("10.30"), "ill")]
    assert [(each.appointment, each.in_absence) for each in found.booked] == [(held, True)]
    assert starts(found) == twenty("10.30")


def test_lifted_absence_is_not_shown(lungs, doctor):
    make.absence(doctor, at("9.00"), at("10.30"), lifted_at=NOW)
    found = column(lungs, doctor)
    assert found.absences == ()
    assert len(found.free) == 5


def test_absence_of_weeks_covers_each_of_its_days(lungs, doctor):
    make.absence(doctor, at("9.00") - timedelta(days=9), at("9.00") + timedelta(days=9))
    found = agenda_of(lungs, [doctor], MONDAY, MONDAY + timedelta(days=4), now=NOW)
    assert [len(each.absences) for each in found] == [1] * 5


def test_booking_of_another_department_is_a_time_without_a_name(lungs, doctor):
    neurology = make.department("neurologie")
    doctor.departments.add(neurology)
    kind = make.AppointmentTypeFactory(department=neurology, duration_minutes=30)
    make.appointment(department=neurology, type=kind, clinician=doctor, start=at("13.00"), now=NOW)
    found = column(lungs, doctor)
    assert found.booked == ()
    assert [(each.start, each.end) for each in found.elsewhere] == [(at("13.00"), at("13.30"))]


def test_second_clinician_has_the_appointment_in_the_own_column(lungs, doctor, book):
    second = make.ClinicianFactory(departments=[lungs], name="A. Yıldız")
    held = book("9.20")
    Occupancy.objects.create(
        appointment=held,
        resource=Resource.CLINICIAN,
        resource_id=second.pk,
        starts=to_minute(held.start),
        ends=to_minute(held.end),
    )
    found = agenda_of(lungs, [second, doctor], MONDAY, MONDAY, now=NOW)
    assert [[each.appointment for each in one.booked] for one in found] == [[held], [held]]


def test_overbooked_appointment_is_marked(lungs, doctor, book):
    held, other = book("9.20"), book("9.40")
    Occupancy.objects.filter(appointment=held, resource=Resource.CLINICIAN).update(overbooked=True)
    assert {each.appointment: each.beside for each in column(lungs, doctor).booked} == {held: True, other: False}


def test_clinic_that_closes_has_no_free_places(lungs, doctor, book):
    held = book("9.20")
    ClinicSession.objects.update(status=ClinicSession.Status.CLOSING)
    found = column(lungs, doctor)
    assert [each.appointment for each in found.booked] == [held]
    assert (len(found.blocks), found.free) == (3, ())


def test_withdrawn_clinic_is_gone_and_who_is_booked_stays(lungs, doctor, book):
    held = book("9.20")
    ClinicSession.objects.update(status=ClinicSession.Status.CANCELLED)
    found = column(lungs, doctor)
    assert (found.blocks, found.free) == ((), ())
    assert [each.appointment for each in found.booked] == [held]


def test_place_held_for_urgent_consults_says_until_when(lungs, doctor):
    until = at("8.00")
    SessionBlock.objects.filter(starts=to_minute(at("10.20"))).update(released=to_minute(until))
    assert [(place.start, place.held_until) for place in column(lungs, doctor).free] == [
        (at("9.00"), None),
        (at("9.20"), None),
        (at("9.40"), None),
        (at("10.20"), until),
        (at("10.40"), until),
    ]
    later = column(lungs, doctor, now=at("8.00"))
    assert {place.held_until for place in later.free} == {None}


def test_free_places_for_a_type_are_of_its_length_and_in_its_blocks(lungs, doctor, video):
    long = make.AppointmentTypeFactory(department=lungs, duration_minutes=30)
    SessionBlock.objects.get(starts=to_minute(at("10.20"))).types.remove(video)
    SessionBlock.objects.get(starts=to_minute(at("10.20"))).types.add(long)
    assert [place.start for place in column(lungs, doctor, type=long).free] == [at("10.20")]
    assert [place.start for place in column(lungs, doctor, type=video).free] == [at("9.00"), at("9.20"), at("9.40")]


def test_fixed_place_lasts_as_long_as_its_slot(lungs, video):
    nurse = make.ClinicianFactory(departments=[lungs], name="J. Dijkstra")
    make.session_with(nurse, MONDAY, "13.00", "14.00", "fixed", slot_minutes=30, department=lungs)
    found = column(lungs, nurse)
    assert starts(found) == [(at("13.00"), at("13.30")), (at("13.30"), at("14.00"))]


def test_who_is_at_work_holds_a_clinic_or_is_booked(lungs, doctor, book):
    make.ClinicianFactory(departments=[lungs], name="dr. K. Sørensen")
    nurse = make.ClinicianFactory(departments=[lungs], name="J. Dijkstra")
    book("9.20", clinician=nurse)
    ClinicSession.objects.filter(clinician=nurse).update(status=ClinicSession.Status.CANCELLED)
    assert clinicians_at_work(lungs, MONDAY, MONDAY) == {doctor.pk, nurse.pk}
    assert clinicians_at_work(lungs, MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)) == set()


@pytest.mark.parametrize("days", [1, 5])
def test_three_clinicians_ask_as_many_selects_as_one(lungs, doctor, book, count_queries, days):
    last = MONDAY + timedelta(days=days - 1)
    book("9.20")
    with count_queries() as one:
        agenda_of(lungs, [doctor], MONDAY, last, now=NOW)
    colleagues = [doctor]
    for name in ("dr. K. Sørensen", "J. Dijkstra"):
        colleague = make.ClinicianFactory(departments=[lungs], name=name)
        make.session_with(colleague, MONDAY, "9.00", "12.00", breaks=[("10.00", "10.15")], department=lungs)
        book("9.20", clinician=colleague)
        make.absence(colleague, at("11.00"), at("12.00"))
        colleagues.append(colleague)
    with count_queries() as three:
        found = agenda_of(lungs, colleagues, MONDAY, last, now=NOW)
    assert Appointment.objects.count() == sum(len(each.booked) for each in found) == 3
    assert (one.count, three.count) == (6, 6), str(three)
