import pytest

from pages.names import listed_name, spoken_name
from people.models import Patient


@pytest.mark.parametrize(
    ("salutation", "initials", "particle", "family_name", "listed", "spoken"),
    [
        ("ms", "T.", "", "Jansen-Oudêrk", "Mw. T. Jansen-Oudêrk", "mw. Jansen-Oudêrk"),
        ("ms", "W.", "van der", "Veen", "Mw. W. van der Veen", "mw. Van der Veen"),
        ("mr", "P.", "van 't", "Hoff", "Dhr. P. van 't Hoff", "dhr. Van 't Hoff"),
        ("mr", "", "el", "Amrani", "Dhr. el Amrani", "dhr. El Amrani"),
        ("none", "R.", "", "Noël", "R. Noël", "R. Noël"),
    ],
)
def test_names_in_a_list_and_in_a_sentence(
    salutation: str, initials: str, particle: str, family_name: str, listed: str, spoken: str
):
    patient = Patient(salutation=salutation, initials=initials, particle=particle, family_name=family_name)
    assert (listed_name(patient), spoken_name(patient)) == (listed, spoken)
