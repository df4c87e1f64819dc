import re
from datetime import date

from django.db.models import Case, Q, QuerySet, Value, When

from people.models import Department, Patient
from people.names import fold

# Day first, as people write it here; digits alone as they are typed in haste; and as a machine writes it.
_DATES = (
    re.compile(r"^(?P<day>\d{1,2})[-/. ](?P<month>\d{1,2})[-/. ](?P<year>\d{4})$"),
    re.compile(r"^(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4})$"),
    re.compile(r"^(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})$"),
    re.compile(r"^(?P<day>\d{1,2})[- .]+(?P<name>[a-z]{3,9})\.?[- ]+(?P<year>\d{4})$"),
)
_MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
_SHORT = {"mrt": 3}
_BY_NAME = ("family_name", "initials", "pk")
SHORTEST_SEARCH = 2
# In a shorter word one other letter makes another name.
SHORTEST_TO_MISTYPE = 4


def find_patients(text: str, department: Department) -> QuerySet[Patient]:
    """Patients of this department by name (every word, in any order, without diacritics), birth date or number.

    Names in which a word begins with what was typed first stand before those that have it somewhere inside.
    """
    known = Patient.objects.filter(treatment_relations__department=department, merged_into=None)
    text = _searchable(text)
    born = parse_birth_date(text)
    if born is not None:
        return known.filter(Q(birth_date=born) | Q(number__iexact=text.strip())).order_by(*_BY_NAME)
    if len(text.strip()) < SHORTEST_SEARCH:
        return known.none()
    words = text.split()
    wanted = Q(number__iexact=text.strip())
    by_name = Q()
    for word in words:
        day = parse_birth_date(word)
        by_name &= Q(birth_date=day) if day else Q(search_name__contains=fold(word))
    first = next((fold(word) for word in words if parse_birth_date(word) is None), "")
    begins = Q(search_name__startswith=first) | Q(search_name__contains=f" {first}")
    rank = Case(When(begins, then=Value(0)), default=Value(1))
    return known.filter(wanted | by_name).order_by(rank, *_BY_NAME)


def find_similar(text: str, department: Department) -> QuerySet[Patient]:
    """For when nobody is found: names with one letter wrong, missing, too many or swapped in a longer word."""
    known = Patient.objects.filter(treatment_relations__department=department, merged_into=None)
    by_name = Q()
    text = _searchable(text)
    for word in fold(text).split():
        if len(word) >= SHORTEST_TO_MISTYPE:
            by_name &= Q(search_name__regex=one_letter_away(word))
        else:
            by_name &= Q(search_name__contains=word)
    if not any(len(word) >= SHORTEST_TO_MISTYPE for word in fold(text).split()):
        return known.none()
    return known.filter(by_name).order_by(*_BY_NAME)


def _searchable(text: str) -> str:
    """PostgreSQL refuses the one character that no name can hold."""
    return text.replace("\0", "")


def one_letter_away(word: str) -> str:
    """A pattern for everything that one slip of the finger makes of this word, or it of them."""
    slips = [f"{re.escape(word[:at])}.?{re.escape(word[at + 1 :])}" for at in range(len(word))]
    slips += [f"{re.escape(word[:at])}.{re.escape(word[at:])}" for at in range(1, len(word))]
    slips += [re.escape(word[:at] + word[at + 1] + word[at] + word[at + 2 :]) for at in range(len(word) - 1)]
    return "|".join(slips)


def parse_birth_date(text: str) -> date | None:
    """3-2-1950, 03/02/1950, 3.2.1950, 03021950, 1950-02-03, 3 februari 1950 or 3 feb 1950."""
    typed = text.strip().lower()
    match = next(filter(None, (shape.match(typed) for shape in _DATES)), None)
    if match is None:
        return None
    parts = match.groupdict()
    month = int(parts["month"]) if "month" in parts else _month(parts["name"])
    try:
        return date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return None


def _month(name: str) -> int:
    """0 for what is no month. Three letters say which, as they do in a diary."""
    known = (number for number, month in enumerate(_MONTHS, start=1) if month.startswith(name))
    return _SHORT.get(name) or next(known, 0)
