"""Other places for the patients of a clinician who is absent: jointly to be had, in a fixed number of selects."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from praktijkplan.assigning import assign
from praktijkplan.ranking import ReasonId
from scheduling.actions.absences import enter_absence
from scheduling.actions.bulk import Choice, Ended, replan_many
from scheduling.actions.placing import Plan
from scheduling.models import Absence
from scheduling.models.minutes import from_minute
from scheduling.queries import replanning
from scheduling.queries.replanning import places_for
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-26", "9.00")
MONDAY, TUESDAY = "2026-11-30", "2026-12-01"


class Clinic:
    """Dr. Zwart holds Monday's clinic and is ill; dr. Wit has Monday from 13.00 to 14.00, and both have Tuesday."""

    def __init__(self):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, modality="video", duration_minutes=20)
        self.zwart, self.wit = (
            make.ClinicianFactory(departments=[self.department], name=name) for name in ("dr. Zwart", "dr. Wit")
        )
        make.session_with(self.zwart, MONDAY, "13.00", "16.00")
        make.session_with(self.wit, MONDAY, "13.00", "14.00")
        make.session_with(self.zwart, TUESDAY, "13.00", "14.00")

    def book(self, clock, **more):
        return make.appointment(
            clinician=self.zwart, type=self.video, start=make.amsterdam(MONDAY, clock), now=NOW, **more
        )

    def fall_ill(self):
        return enter_absence(
            clinician=self.zwart,
            starts=make.amsterdam(MONDAY, "0.00"),
            ends=make.amsterdam(MONDAY, "23.00"),
            kind=Absence.Kind.ILL,
            by="user:1",
            now=NOW,
        )


@pytest.fixture
def clinic():
    return Clinic()


def proposed(appointments):
    places = places_for(appointments, now=NOW).places
    return [places[each.pk].proposal for each in appointments]


def where(proposal):
    return proposal and (from_minute(proposal.start), proposal.clinician)


def test_all_get_a_place_that_can_be_had_together(clinic):
    held = [clinic.book(clock) for clock in ("13.00", "13.20", "13.40", "14.00")]
    clinic.fall_ill()
    found = places_for(held, now=NOW)
    outcomes = replan_many(
        choices=[
            Choice(
                each,
                1,
                Plan(
                    from_minute(place.start),
                    clinic.department.clinicians.get(pk=place.clinician),
                    found.types[place.type],
                ),
            )
            for each in held
            if (place := found.places[each.pk].proposal)
        ],
        by="user:1",
        now=NOW,
    )
    assert [each.ended for each in outcomes] == [Ended.DONE] * 4


def test_who_finds_everything_taken_is_said_to(clinic):
    held = [clinic.book(clock) for clock in ("13.00", "13.20", "13.40", "14.00", "14.20", "14.40", "15.00")]
    clinic.fall_ill()
    found = proposed(held)
    assert sum(each is None for each in found) == 1
    assert len({where(each) for each in found if each}) == 6


def test_own_clinician_on_another_day_before_a_colleague_and_a_colleague_when_there_is_none(clinic):
    (first, second) = (clinic.book("13.00"), clinic.book("13.20"))
    clinic.fall_ill()
    for proposal in proposed([first, second]):
        assert proposal.clinician == clinic.zwart.pk
        assert ReasonId.OWN_CLINICIAN in {reason.id for reason in proposal.reasons}
    clinic.department.sessions.filter(clinician=clinic.zwart, date=TUESDAY).update(status="cancelled")
    assert [each.clinician for each in proposed([first, second])] == [clinic.wit.pk] * 2


def test_a_video_call_may_become_a_phone_call_but_a_visit_stays_one(clinic):
    phone = make.AppointmentTypeFactory(department=clinic.department, modality="phone", duration_minutes=15)
    visit = make.AppointmentTypeFactory(department=clinic.department, modality="visit", duration_minutes=20)
    call = clinic.book("13.00")
    comes = make.appointment(clinician=clinic.zwart, type=visit, start=make.amsterdam(MONDAY, "14.00"), now=NOW)
    clinic.department.sessions.exclude(date=MONDAY, clinician=clinic.zwart).update(status="cancelled")
    make.session_with(clinic.wit, TUESDAY, "13.00", "16.00", types=[phone])
    clinic.fall_ill()
    assert [each and each.type for each in proposed([call, comes])] == [phone.pk, None]


def test_nobody_is_given_a_place_where_the_patient_is_elsewhere(clinic):
    patient = make.PatientFactory(department=clinic.department)
    held = clinic.book("13.00", patient=patient)
    other = make.ClinicianFactory(departments=[clinic.department])
    make.appointment(
        clinician=other, type=clinic.video, start=make.amsterdam(TUESDAY, "13.00"), patient=patient, now=NOW
    )
    clinic.fall_ill()
    (proposal,) = proposed([held])
    assert where(proposal) != (make.amsterdam(TUESDAY, "13.00"), clinic.zwart.pk)


def test_nothing_before_the_day_agreed_and_nothing_weeks_later(clinic):
    held = clinic.book("13.00")
    clinic.department.sessions.update(status="cancelled")
    make.session_with(clinic.wit, "2026-11-27", "13.00", "16.00")
    make.session_with(clinic.wit, "2026-12-22", "13.00", "16.00")
    assert proposed([held]) == [None]


def test_who_is_to_come_tomorrow_is_not_asked_to_come_earlier(clinic):
    held = clinic.book("13.20")
    clinic.department.sessions.filter(date=TUESDAY).update(status="cancelled")
    clinic.fall_ill()
    (days_before,) = proposed([held])
    eve = make.amsterdam("2026-11-29", "17.00")
    the_eve = places_for([held], now=eve).places[held.pk].proposal
    assert where(days_before) == (make.amsterdam(MONDAY, "13.00"), clinic.wit.pk)
    assert where(the_eve) == (make.amsterdam(MONDAY, "13.40"), clinic.wit.pk)


def test_selects_do_not_grow_with_the_appointments(clinic):
    held = [clinic.book(clock) for clock in ("13.00", "13.20", "13.40", "14.00")]
    clinic.fall_ill()
    counts = []
    for some in (held[:1], held):
        with CaptureQueriesContext(connection) as queries:
            places_for(some, now=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


def test_nobody_needs_nothing():
    assert places_for([], now=NOW).places == {}


def test_many_colleagues_are_compared_in_part_and_all_patients_still_get_a_place(clinic, monkeypatch):
    """Sixty patients times every place of forty clinicians took 14 seconds."""
    for _ in range(12):
        colleague = make.ClinicianFactory(departments=[clinic.department])
        make.session_with(colleague, TUESDAY, "9.00", "12.00")
    held = [clinic.book(f"{13 + n // 3}.{n % 3 * 20:02d}") for n in range(9)]
    clinic.fall_ill()
    compared = []

    def watched(cases, free):
        compared.extend(free.values())
        return assign(cases, free)

    monkeypatch.setattr(replanning, "assign", watched)
    assert all(proposed(held))
    (of_video,) = compared
    of_colleagues = [each for each in of_video if each.clinician != clinic.zwart.pk]
    assert 9 <= len(of_colleagues) <= 2 * 40
