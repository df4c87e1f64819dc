"""PP-04: what a patient wants in general, and what was said of one appointment, are never taken for each other."""

import pytest

from scheduling.actions.preferences import state_preference
from scheduling.queries.preferences import general_preference, wish_for
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-23", "9.00")


@pytest.fixture
def patient():
    return make.PatientFactory()


def book(patient, clock, **more):
    return make.appointment(patient=patient, start=make.amsterdam("2026-11-30", clock), now=NOW, **more)


def say(patient, preference, appointment=None):
    state_preference(patient=patient, preference=preference, by="user:7", now=NOW, appointment=appointment)


def test_who_never_said_anything_has_no_wish(patient):
    assert (general_preference(patient.pk), wish_for(book(patient, "13.00"))) == ("", "")


def test_wish_for_one_appointment_says_nothing_of_another_or_in_general(patient):
    this, other = book(patient, "13.00"), book(patient, "15.00")
    say(patient, "phone", this)
    assert (wish_for(this), wish_for(other), general_preference(patient.pk)) == ("phone", "", "")


def test_general_wish_counts_where_nothing_was_said_of_the_appointment_itself(patient):
    this, other = book(patient, "13.00"), book(patient, "15.00")
    say(patient, "phone", this)
    say(patient, "video")
    assert (wish_for(this), wish_for(other), general_preference(patient.pk)) == ("phone", "video", "video")


def test_newest_counts(patient):
    this = book(patient, "13.00")
    for said in ("phone", "visit"):
        say(patient, said)
        say(patient, said, this)
    assert (wish_for(this), general_preference(patient.pk)) == ("visit", "visit")


def test_booking_keeps_what_the_patient_wants_in_general(patient):
    say(patient, "phone", book(patient, "13.00"))
    assert book(patient, "15.00").preference == ""
    say(patient, "visit")
    assert book(patient, "16.00", department=make.department("neurologie")).preference == "visit"
