"""A second clinician, an interpreter, a workplace: all free together, and all taken together."""

from dataclasses import replace
from datetime import timedelta

import pytest

from praktijkplan.placing import Need, RefusalId
from scheduling.actions import placing
from scheduling.actions.booking import book_appointment
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import NotPlaced, Plan, locks_of, plan_of
from scheduling.actions.replanning import replan_appointment
from scheduling.localtime import AMSTERDAM
from scheduling.models import Appointment, ParticipantRole, Resource
from scheduling.models.minutes import from_minute, to_minute
from scheduling.queries.needs import needs_of
from scheduling.queries.openings import Asked, choice
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")
MONDAY = "2026-11-30"


def at(clock):
    return make.amsterdam(MONDAY, clock)


class Clinic:
    """Dr. Zwart from 13.00 to 16.00; nurse Ramdin from 13.00 to 15.00 with a break; Nuray interprets; a cabin."""

    def __init__(self):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.zwart, self.ramdin = (
            make.ClinicianFactory(departments=[self.department], name=name) for name in ("dr. Zwart", "S. Ramdin")
        )
        self.nuray = make.InterpreterFactory(department=self.department, name="Nuray Demir")
        self.cabin = make.WorkplaceFactory(department=self.department)
        make.session_with(self.zwart, MONDAY, "13.00", "16.00")
        make.session_with(self.ramdin, MONDAY, "13.00", "15.00", breaks=[("14.00", "14.15")])

    @property
    def second(self):
        return make.need(self.ramdin)

    @property
    def interpreter(self):
        return make.need(self.nuray)

    @property
    def workplace(self):
        return make.need(self.cabin)

    def plan(self, clock, *needs, clinician=None, **more):
        return Plan(at(clock), clinician or self.zwart, self.video, needs=frozenset(needs), **more)

    def book(self, clock, *needs, **more):
        return book_appointment(
            patient=make.PatientFactory(department=self.department),
            plan=self.plan(clock, *needs, **more),
            by="user:7",
            now=NOW,
        )


@pytest.fixture
def clinic():
    return Clinic()


def refusals(outcome):
    assert isinstance(outcome, NotPlaced), outcome
    return [refusal.id for refusal in outcome.refusals]


def taken(appointment):
    return {Need(row.resource, row.resource_id) for row in appointment.occupancies.filter(active=True)}


def test_all_are_taken_and_who_is_a_person_takes_part(clinic):
    booked = clinic.book("13.20", clinic.second, clinic.interpreter, clinic.workplace)
    assert taken(booked) == {
        Need(Resource.CLINICIAN, clinic.zwart.pk),
        Need(Resource.PATIENT, booked.patient_id),
        clinic.second,
        clinic.interpreter,
        clinic.workplace,
    }
    assert needs_of(booked) == {clinic.second, clinic.interpreter, clinic.workplace}
    assert {(who.role, who.display_name) for who in booked.participants.exclude(role="patient")} == {
        (ParticipantRole.CLINICIAN, "dr. Zwart"),
        (ParticipantRole.SECOND_CLINICIAN, "S. Ramdin"),
        (ParticipantRole.INTERPRETER, "Nuray Demir"),
    }


@pytest.mark.parametrize(
    ("need", "refusal"),
    [
        ("second", RefusalId.SECOND_TAKEN),
        ("interpreter", RefusalId.INTERPRETER_TAKEN),
        ("workplace", RefusalId.PLACE_TAKEN),
    ],
)
def test_one_that_is_taken_refuses_it_also_to_who_overbooks(clinic, need, refusal):
    other = make.ClinicianFactory(departments=[clinic.department])
    make.session_with(other, MONDAY, "13.00", "16.00")
    wanted = getattr(clinic, need)
    assert isinstance(clinic.book("13.20", wanted, clinician=other), Appointment)
    assert refusals(clinic.book("13.30", wanted)) == [refusal]
    assert refusals(clinic.book("13.30", wanted, overbook=True, overbook_reason="Spoed")) == [refusal]
    assert isinstance(clinic.book("13.40", wanted), Appointment)


@pytest.mark.parametrize(
    ("clock", "why"), [("13.50", "a break"), ("15.00", "after the clinic"), ("14.50", "partly after it")]
)
def test_second_clinician_must_hold_a_clinic(clinic, clock, why):
    """A colleague at home is not free, however empty the agenda."""
    assert refusals(clinic.book(clock, clinic.second)) == [RefusalId.SECOND_ABSENT], why


def test_second_clinician_who_is_away_is_not_there(clinic):
    away = make.absence(clinic.ramdin, at("13.30"), at("14.00"))
    assert refusals(clinic.book("13.20", clinic.second)) == [RefusalId.SECOND_ABSENT]
    away.lifted_at = NOW
    away.save()
    assert isinstance(clinic.book("13.20", clinic.second), Appointment)


def test_workplace_where_a_colleague_holds_clinic_is_taken(clinic):
    colleague = make.ClinicianFactory(departments=[clinic.department])
    make.session_with(colleague, MONDAY, "13.00", "14.00", workplace=clinic.cabin)
    assert refusals(clinic.book("13.20", clinic.workplace)) == [RefusalId.PLACE_TAKEN]
    assert isinstance(clinic.book("13.20", clinic.workplace, clinician=colleague), Appointment)
    assert isinstance(clinic.book("14.00", clinic.workplace), Appointment)


def test_second_clinician_is_booked_elsewhere_in_no_other_way(clinic):
    clinic.book("13.20", clinic.second)
    plan = Plan(at("13.20"), clinic.ramdin, clinic.video)
    outcome = book_appointment(patient=make.PatientFactory(), plan=plan, by="user:7", now=NOW)
    assert refusals(outcome) == [RefusalId.TAKEN]


def test_needs_go_along_when_it_is_moved_and_its_old_time_is_free(clinic):
    booked = clinic.book("13.20", clinic.second, clinic.interpreter)
    moved = replan_appointment(
        appointment=booked, plan=Plan(at("14.20"), clinic.zwart, clinic.video), by="user:7", now=NOW
    )
    assert needs_of(moved) == {clinic.second, clinic.interpreter}
    assert {row.starts for row in moved.occupancies.all()} == {to_minute(at("14.20"))}
    assert isinstance(clinic.book("13.20", clinic.second, clinic.interpreter), Appointment)


def test_need_that_is_dropped_leaves_and_one_that_is_added_joins(clinic):
    booked = clinic.book("13.20", clinic.second)
    changed = replan_appointment(
        appointment=booked,
        plan=replace(plan_of(booked), needs=frozenset({clinic.interpreter})),
        by="user:7",
        now=NOW,
    )
    assert needs_of(changed) == {clinic.interpreter}
    assert {who.role for who in changed.participants.all()} == {
        ParticipantRole.CLINICIAN,
        ParticipantRole.PATIENT,
        ParticipantRole.INTERPRETER,
    }
    assert [(row.version, row.kind) for row in booked.changes.all()] == [(1, "booked"), (2, "length")]
    assert booked.changes.get(version=2).before["needs"] == [[Resource.CLINICIAN, clinic.ramdin.pk]]


def test_second_clinician_may_become_the_first(clinic):
    booked = clinic.book("13.20", clinic.second)
    moved = replan_appointment(
        appointment=booked, plan=Plan(at("13.20"), clinic.ramdin, clinic.video), by="user:7", now=NOW
    )
    assert (moved.clinician, needs_of(moved)) == (clinic.ramdin, frozenset())


def test_cancelling_frees_all_and_remembers_what_it_took(clinic):
    booked = clinic.book("13.20", clinic.second, clinic.interpreter)
    cancelled = cancel_appointment(appointment=booked, by="user:7", now=NOW + timedelta(minutes=1))
    assert taken(cancelled) == set()
    assert needs_of(cancelled) == {clinic.second, clinic.interpreter}
    assert isinstance(clinic.book("13.20", clinic.second, clinic.interpreter), Appointment)


def test_each_is_locked_for_the_day(clinic):
    wanted = {(lock.resource, lock.resource_id) for lock in locks_of(clinic.plan("13.20", clinic.interpreter), 7)}
    assert wanted == {
        (Resource.CLINICIAN, clinic.zwart.pk),
        (Resource.PATIENT, 7),
        (Resource.INTERPRETER, clinic.nuray.pk),
    }


def test_database_has_the_last_word_where_the_rules_see_nothing(clinic, monkeypatch):
    """The reading of what is taken switched off: the constraint refuses the second one."""
    other = make.ClinicianFactory(departments=[clinic.department])
    make.session_with(other, MONDAY, "13.00", "16.00")
    clinic.book("13.20", clinic.interpreter)
    real = placing.snapshot_for
    monkeypatch.setattr(placing, "snapshot_for", lambda *args, **named: replace(real(*args, **named), others_busy={}))
    assert refusals(clinic.book("13.20", clinic.interpreter, clinician=other)) == [RefusalId.TAKEN]


class TestFound:
    """Places are proposed only where all are free together."""

    def starts(self, clinic, *needs, **more):
        day = at("13.00").date()
        patient = make.PatientFactory(department=clinic.department)
        more.setdefault("clinician", clinic.zwart.pk)
        asked = Asked(patient=patient, types=[clinic.video], first=day, last=day, needs=frozenset(needs), **more)
        return {f"{from_minute(each.start).astimezone(AMSTERDAM):%H.%M}" for each in choice(asked, now=NOW).free}

    def test_at_the_times_of_the_second_clinician(self, clinic):
        found = self.starts(clinic, clinic.second)
        assert {"13.00", "13.40", "14.15", "14.40"} <= found
        assert not {"13.45", "14.00", "14.45", "15.00"} & found
        assert {"13.45", "14.00", "14.45", "15.00"} <= self.starts(clinic)

    def test_not_while_the_interpreter_is_taken_or_a_colleague_has_the_room(self, clinic):
        other = make.ClinicianFactory(departments=[clinic.department])
        make.session_with(other, MONDAY, "13.00", "14.00", workplace=clinic.cabin)
        assert isinstance(clinic.book("13.20", clinic.interpreter, clinician=other), Appointment)
        assert not {"13.05", "13.35"} & self.starts(clinic, clinic.interpreter)
        assert {"13.00", "13.40"} <= self.starts(clinic, clinic.interpreter)
        assert "13.55" not in self.starts(clinic, clinic.workplace)
        assert "14.00" in self.starts(clinic, clinic.workplace)

    def test_what_is_found_is_placed(self, clinic):
        clinic.book("13.20", clinic.interpreter)
        for clock in sorted(self.starts(clinic, clinic.second, clinic.interpreter))[::5]:
            booked = clinic.book(clock, clinic.second, clinic.interpreter)
            assert isinstance(booked, Appointment), booked
            cancel_appointment(appointment=booked, by="user:7", now=NOW)

    def test_for_as_long_as_it_will_take(self, clinic):
        assert "15.30" in self.starts(clinic, minutes=30)
        assert "15.35" not in self.starts(clinic, minutes=30)
