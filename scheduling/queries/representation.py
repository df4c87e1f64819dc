from collections.abc import Sequence
from datetime import date

from people.models import Patient, Representative

# Wgbo: under twelve the parents decide; a mandate lapses at the 12th and the 16th birthday.
ACTS_THROUGH_PARENTS_UNDER = 12


def must_be_represented(patient: Patient, day: date) -> bool:
    return patient.age_on(day) < ACTS_THROUGH_PARENTS_UNDER


def acting_representatives(patient: Patient, day: date) -> list[Representative]:
    return acting_for_each([(patient, day)])[0]


def acting_for_each(asked: Sequence[tuple[Patient, date]]) -> list[list[Representative]]:
    """For each patient who acts on that local day; one select."""
    known: dict[int, list[Representative]] = {patient.pk: [] for patient, _day in asked}
    for each in Representative.objects.filter(patient__in=known):
        known[each.patient_id].append(each)
    return [
        [
            each
            for each in known[patient.pk]
            if each.valid_from <= day and (each.valid_until is None or each.valid_until >= day)
        ]
        for patient, day in asked
    ]
