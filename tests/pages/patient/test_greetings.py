import pytest
from django.utils.translation import override

from pages.patient.greetings import greeted_name
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("salutation", "particle", "family_name", "english"),
    [
        ("ms", "van der", "Veen", "Ms Van der Veen"),
        ("mr", "'t", "Hart", "Mr 't Hart"),
        ("none", "in 't", "Veld", "Z. in 't Veld"),
        ("ms", "d'", "Àngelo", "Ms D'Àngelo"),
        ("none", "l’", "Ami", "Z. l’Ami"),
    ],
)
def test_patient_is_greeted_by_surname(salutation, particle, family_name, english):
    patient = make.PatientFactory(salutation=salutation, initials="Z.", particle=particle, family_name=family_name)
    visit = make.appointment(patient=patient)

    with override("en"):
        assert greeted_name(visit.participants.get(role="patient")) == english


def test_parent_is_greeted_and_not_the_child():
    child, mother = make.child_with_parent(make.next_workday())
    visit = make.appointment(patient=child)

    assert greeted_name(visit.participants.get(role="representative")) == mother.name
