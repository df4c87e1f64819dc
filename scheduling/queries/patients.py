import re
from datetime import date

from django.db.models import Q, QuerySet

from people.models import Department, Patient
from people.names import fold

_DATE = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$")
SHORTEST_SEARCH = 2
# In a shorter word one other letter makes another name.
SHORTEST_TO_MISTYPE = 4


def find_patients(text: str, department: Department) -> QuerySet[Patient]:
    """Patients of this department by name (every word, in any order, without diacritics), birth date or number."""
    known = Patient.objects.filter(treatment_relations__department=department, merged_into=None)
    words = text.split()
    born = parse_birth_date(text)
    if born is not None:
        return known.filter(birth_date=born)
    if len(text.strip()) < SHORTEST_SEARCH:
        return known.none()
    wanted = Q(number__iexact=text.strip())
    by_name = Q()
    for word in words:
        day = parse_birth_date(word)
        by_name &= Q(birth_date=day) if day else Q(search_name__contains=fold(word))
    return known.filter(wanted | by_name).order_by("family_name", "initials", "pk")


def find_similar(text: str, department: Department) -> QuerySet[Patient]:
    """For when nobody is found: names with one letter wrong, missing, too many or swapped in a longer word."""
    known = Patient.objects.filter(treatment_relations__department=department, merged_into=None)
    by_name = Q()
    for word in fold(text).split():
        if len(word) >= SHORTEST_TO_MISTYPE:
            by_name &= Q(search_name__regex=one_letter_away(word))
        else:
            by_name &= Q(search_name__contains=word)
    if not any(len(word) >= SHORTEST_TO_MISTYPE for word in fold(text).split()):
        return known.none()
    return known.filter(by_name).order_by("family_name", "initials", "pk")


def one_letter_away(word: str) -> str:
    """A pattern for everything that one slip of the finger makes of this word, or it of them."""
    slips = [f"{re.escape(word[:at])}.?{re.escape(word[at + 1 :])}" for at in range(len(word))]
    slips += [f"{re.escape(word[:at])}.{re.escape(word[at:])}" for at in range(1, len(word))]
    slips += [re.escape(word[:at] + word[at + 1] + word[at] + word[at + 2 :]) for at in range(len(word) - 1)]
    return "|".join(slips)


def parse_birth_date(text: str) -> date | None:
    """3-2-1950, 03/02/1950 or 3.2.1950: day first, as people write it here."""
    match = _DATE.match(text.strip())
    if not match:
        return None
    day, month, year = map(int, match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
