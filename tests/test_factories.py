"""What others build on: the factories make what the product itself would make."""

from datetime import date, timedelta

import pytest

from people.models import Role
from people.permissions import Permission, may
from scheduling.models import ParticipantRole, RasterPhase
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_appointment_is_booked_with_its_participants_and_occupancy():
    booked = make.appointment(start=make.amsterdam("2026-11-30", "13.00"), now=make.amsterdam("2026-11-01", "9.00"))
    assert {who.role for who in booked.participants.all()} == {ParticipantRole.PATIENT, ParticipantRole.CLINICIAN}
    assert booked.occupancies.filter(active=True).count() == 2
    assert booked.session.date == date(2026, 11, 30)


def test_appointment_refused_by_the_rules_is_said():
    clinician = make.ClinicianFactory(departments=[make.department()])
    start = make.amsterdam("2026-11-30", "13.00")
    now = start - timedelta(days=3)
    make.appointment(start=start, clinician=clinician, now=now)
    with pytest.raises(AssertionError, match="the rules refuse"):
        make.appointment(start=start, clinician=clinician, now=now)


def test_appointment_that_has_begun_can_be_made():
    booked = make.appointment(start=make.amsterdam("2026-03-04", "10.00"), now=make.amsterdam("2026-03-04", "10.10"))
    assert booked.booked_at < booked.start


def test_child_is_represented_by_its_mother():
    child, mother = make.child_with_parent(date(2026, 11, 30), years=7)
    booked = make.appointment(patient=child, start=make.amsterdam("2026-11-30", "9.00"), now=child_day())
    assert child.age_on(date(2026, 11, 30)) == 7
    assert booked.participants.get(role=ParticipantRole.REPRESENTATIVE).representative == mother
    assert not booked.participants.filter(role=ParticipantRole.PATIENT).exists()


def child_day():
    return make.amsterdam("2026-11-02", "9.00")


def test_member_has_a_role_in_one_department_only():
    neurology, pulmonology = make.department("neurologie"), make.department("longziekten")
    planner = make.member("planner", neurology)
    assert may(planner, Permission.BOOK, neurology)
    assert not may(planner, Permission.BOOK, pulmonology)
    assert not may(planner, Permission.CLOSE_CONSULT, neurology)


def test_member_as_clinician_holds_consults_under_the_same_name():
    user = make.member(Role.CLINICIAN, make.department())
    assert user.clinician.name == user.name
    assert [place.slug for place in user.clinician.departments.all()] == ["longziekten"]
    assert user.memberships.count() == 1


def test_people_differ():
    names = {make.PatientFactory().full_name for _ in range(10)}
    assert len(names) == 10


@pytest.mark.parametrize(
    ("rule", "sessions_a_week", "blocks_a_day"), [("PP-21", 5, 1), ("PP-22", 5, 5), ("PP-23", 5, 7)]
)
def test_starter_rasters_are_published(rule, sessions_a_week, blocks_a_day):
    raster = make.starter_raster(rule, valid_from="2026-11-30")
    sessions = make.published(raster, now=make.amsterdam("2026-11-29", "12.00"), until="2026-12-06")
    assert len(sessions) == sessions_a_week
    assert {session.blocks.count() for session in sessions} == {blocks_a_day}
    raster.refresh_from_db()
    assert raster.phase == RasterPhase.TRIAL


def test_session_with_breaks_is_cut_by_them():
    session = make.session_with(
        make.ClinicianFactory(), "2026-11-30", "13.00", "15.00", breaks=[("14.00", "14.15")], start_up_minutes=10
    )
    blocks = [(f"{block.start:%H:%M}", f"{block.end:%H:%M}", block.mode) for block in session.blocks.all()]
    assert blocks == [("12:00", "13:00", "flexible"), ("13:00", "13:15", "break"), ("13:15", "14:00", "flexible")]
    assert [block.start_up_minutes for block in session.blocks.all()] == [10, 0, 0]


def test_personal_link_belongs_to_who_acts_for_the_patient():
    child, mother = make.child_with_parent(date(2026, 11, 30))
    booked = make.appointment(patient=child, start=make.amsterdam("2026-11-30", "9.00"), now=child_day())
    link, path = make.personal_link(booked)
    assert link.participant.representative == mother
    assert path.startswith("/v/")
    assert link.token_hash not in path
