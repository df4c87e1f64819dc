from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import factory
from factory.django import DjangoModelFactory

from people.actions.patients import begin_treatment, register_patient
from people.models import Department, Patient, Representative
from people.models.patients import Salutation
from tests.factories.staff import department as default_department


class Person(NamedTuple):
    salutation: Salutation
    initials: str
    particle: str
    family_name: str
    birth_date: date


# Invented, and easy to tell apart in a failing test.
PEOPLE = (
    Person(Salutation.MS, "W.", "van der", "Veen", date(1951, 3, 29)),  # knits, is always early
    Person(Salutation.MR, "J.", "'t", "Hart", date(1938, 12, 1)),  # hard of hearing, has no computer
    Person(Salutation.MS, "A.", "", "Özdemir", date(1987, 7, 14)),  # calls from her lunch break
    Person(Salutation.MS, "S.", "el", "Amrani", date(1994, 2, 28)),  # reads Arabic, interprets for her mother
    Person(Salutation.MR, "J.L.", "d'", "Hooghe", date(1969, 5, 5)),  # on the road with a truck
    Person(Salutation.MS, "G.", "de", "Boer-Jansen", date(1976, 10, 31)),  # two surnames, one phone for the family
    Person(Salutation.MR, "B.", "", "Ångström", date(1962, 1, 1)),  # a Swede in Zwolle
    Person(Salutation.NONE, "Z.", "in 't", "Veld", date(2001, 8, 17)),  # wants no salutation
    Person(Salutation.MR, "Ç.", "", "Yıldız", date(1959, 6, 6)),  # a dotless i that folding must find
    Person(Salutation.MS, "R.", "van", "'s-Gravesande", date(1945, 4, 27)),  # a surname that begins with a mark
)
KNOWN_SINCE = date(2020, 1, 1)


class PatientFactory(DjangoModelFactory):
    """Treated by `department` (longziekten unless given; None: by nobody)."""

    class Meta:
        model = Patient

    class Params:
        one = factory.Iterator(PEOPLE)
        # Under twelve: a parent acts (see child_with_parent).
        child = factory.Trait(initials="M.", particle="", family_name="Noordhoek", salutation=Salutation.NONE)
        unreachable = factory.Trait(email="", mobile="")

    number = factory.Sequence(lambda n: f"{7000000 + n}")
    salutation = factory.LazyAttribute(lambda made: made.one.salutation)
    initials = factory.LazyAttribute(lambda made: made.one.initials)
    particle = factory.LazyAttribute(lambda made: made.one.particle)
    family_name = factory.LazyAttribute(lambda made: made.one.family_name)
    birth_date = factory.LazyAttribute(lambda made: made.one.birth_date)
    email = factory.LazyAttribute(lambda made: f"patient{made.number}@post.example")
    mobile = "0612345678"

    @classmethod
    def _create(cls, model_class: type[Patient], *args: Any, **fields: Any) -> Patient:
        if "department" not in fields:
            fields["department"] = default_department()
        place = fields.pop("department")
        if place is None:
            patient = register_patient(department=default_department(), since=KNOWN_SINCE, **fields)
            patient.treatment_relations.all().delete()
            return patient
        return register_patient(department=place, since=KNOWN_SINCE, **fields)


class RepresentativeFactory(DjangoModelFactory):
    class Meta:
        model = Representative

    patient = factory.SubFactory(PatientFactory)
    name = "Lotte Noordhoek-de Ruyter"
    relation = "moeder"
    email = factory.Sequence(lambda n: f"ouder{n}@post.example")
    mobile = "0687654321"
    valid_from = date(2015, 1, 1)


def treated_by(patient: Patient, departments: Iterable[Department]) -> Patient:
    for department in departments:
        begin_treatment(patient=patient, department=department, since=KNOWN_SINCE)
    return patient


def child_with_parent(on: date, *, years: int = 7, **fields: Any) -> tuple[Patient, Representative]:
    """A child who is `years` old on this day, and the mother who acts."""
    birth_date = fields.pop("birth_date", date(on.year - years, 1, 1))
    child = PatientFactory(child=True, birth_date=birth_date, email="", mobile="", **fields)
    return child, RepresentativeFactory(patient=child, valid_from=birth_date)
