import pytest

from pages.patient.phones import masked, number_of
from tests import factories as make


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0612345678", "06-…78"),
        ("06 12 34 56 78", "06-…78"),
        ("+31612345678", "06-…78"),
        ("0031612345678", "06-…78"),
        ("+31201234567", "…67"),
        ("020-1234567", "…67"),
        ("+4915112345678", "…78"),
        ("", ""),
    ],
)
def test_number_shows_so_much_that_only_who_knows_it_recognises_it(number, shown):
    assert masked(number) == shown


@pytest.mark.django_db
def test_parent_is_phoned_for_a_child():
    child, mother = make.child_with_parent(make.next_workday())
    visit = make.appointment(patient=child)

    assert number_of(visit.participants.get(role="representative")) == mother.mobile


@pytest.mark.django_db
def test_landline_where_there_is_no_mobile():
    visit = make.appointment(patient=make.PatientFactory(mobile="", phone="0384561234"))

    assert number_of(visit.participants.get(role="patient")) == "0384561234"
