from datetime import date

from django.db.models import Q

from people.models import Patient, Representative

# Wgbo: under twelve the parents decide; a mandate lapses at the 12th and the 16th birthday.
ACTS_THROUGH_PARENTS_UNDER = 12


def must_be_represented(patient: Patient, day: date) -> bool:
    return patient.age_on(day) < ACTS_THROUGH_PARENTS_UNDER


def acting_representatives(patient: Patient, day: date) -> list[Representative]:
    return list(
        patient.representatives.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)
    )
