"""Four hundred invented people, the same ones each time: who they are follows from the seed alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from demo.hospital.names import CHILDREN_AND_PARENTS, ORIGINS
from demo.hospital.staff import CAR, GYN, INT, KIN, LON, MDL, NEU, PSY
from people.names import fold

SEED = 190_166
PATIENTS = 400
MAIL_DOMAINS = ("example.org", "post.example", "mail.example")
# One gave an address that no longer exists, and no mobile number; the demo's mail server returns what goes there.
HAS_MOVED, RETURNS_MAIL = 100_004, "bounce.example"
# Under twelve the parents act, from sixteen on the patient does (domain.md).
HAS_PARENTS_UNDER = 16

# Per department: how many of its patients, and their youngest, likeliest and oldest age.
AGES = {
    INT: (92, 18, 44, 88),
    GYN: (66, 18, 29, 62),
    NEU: (46, 17, 44, 86),
    LON: (54, 18, 58, 90),
    KIN: (46, 0, 7, 17),
    MDL: (40, 16, 42, 84),
    CAR: (36, 24, 60, 92),
    PSY: (20, 18, 34, 70),
}
VERY_OLD = 90
# The tail: very old people who video call as well (PP-04). Here once each, in their department.
TAIL = ((99, INT), (97, CAR), (96, LON), (95, INT), (94, NEU), (93, MDL), (91, INT), (90, CAR))


@dataclass(frozen=True)
class ParentRow:
    name: str
    relation: str
    email: str
    mobile: str


@dataclass(frozen=True)
class PatientRow:
    number: str
    salutation: str
    initials: str
    particle: str
    family_name: str
    birth_date: date
    email: str
    mobile: str
    phone: str
    language: str
    departments: tuple[str, ...]
    parents: tuple[ParentRow, ...] = field(default=())


def invent_patients(today: date) -> list[PatientRow]:
    """Ages are as of `today`, so that the hospital does not grow old with this file."""
    dice = Random(SEED)
    ages = list(_ages(dice))
    dice.shuffle(ages)
    return [_patient(dice, number, age, slug, today) for number, (age, slug) in enumerate(ages, start=100_001)]


def _ages(dice: Random) -> Iterator[tuple[int, str]]:
    yield from TAIL
    tail = [slug for _, slug in TAIL]
    for slug, (count, youngest, likeliest, oldest) in AGES.items():
        for _ in range(count - tail.count(slug)):
            yield int(dice.triangular(youngest, oldest + 1, likeliest)), slug


def _patient(dice: Random, number: int, age: int, slug: str, today: date) -> PatientRow:
    _, letters, families = dice.choices(ORIGINS, weights=[weight for weight, _, _ in ORIGINS])[0]
    particle, family = dice.choice(families)
    initials = "".join(f"{letter}." for letter in dice.sample(letters, dice.choice((1, 1, 2, 2, 3))))
    child = age < HAS_PARENTS_UNDER
    parents = tuple(_parents(dice, letters, particle, family, number)) if child else ()
    # Nine in ten have mail, fewer among the oldest; somebody with neither mail nor phone is rare but real.
    has_mail = not child and dice.random() < (0.93 if age < 75 or age >= VERY_OLD else 0.75)
    has_mobile = not child and dice.random() < (0.95 if age < 75 else 0.6)
    return PatientRow(
        number=str(number),
        salutation=_salutation(dice, slug),
        initials=initials,
        particle=particle,
        family_name=family,
        birth_date=_birth_date(dice, age, today),
        email=_address(dice, initials, particle, family, number) if has_mail else "",
        mobile=_mobile(number) if has_mobile else "",
        phone=f"020-0{number:06d}" if age > 60 and dice.random() < 0.5 else "",
        language="en" if dice.random() < 0.04 else "nl",
        departments=_departments(dice, slug, age),
        parents=parents,
    )


def _parents(dice: Random, letters: str, particle: str, family: str, number: int) -> Iterator[ParentRow]:
    for nth in range(dice.choice((1, 1, 2))):
        initials = f"{dice.choice(letters)}."
        name = " ".join(part for part in (initials, particle, family) if part)
        relation = "voogd" if dice.random() < 0.05 else CHILDREN_AND_PARENTS[nth]
        address = _address(dice, initials, particle, family, number + 500 * (nth + 1))
        yield ParentRow(name, relation, address, _mobile(number + 500 * (nth + 1)))


def _salutation(dice: Random, slug: str) -> str:
    if slug == GYN:
        return "ms"
    return dice.choices(("ms", "mr", "none"), weights=(49, 48, 3))[0]


def _departments(dice: Random, slug: str, age: int) -> tuple[str, ...]:
    """One in six is known to a second department; a child only where children are seen."""
    others = [MDL] if age < 18 else [INT, NEU, LON, MDL, CAR, PSY]
    if dice.random() < 1 / 6:
        second = dice.choice(others)
        return (slug,) if second == slug else (slug, second)
    return (slug,)


def _birth_date(dice: Random, age: int, today: date) -> date:
    """Of this age for at least another three months: nobody changes age while the demo is looked at."""
    days_since_birthday = dice.randrange(270)
    ordinal = today.toordinal() - days_since_birthday
    birthday = date.fromordinal(ordinal)
    day = 28 if (birthday.month, birthday.day) == (2, 29) else birthday.day
    return birthday.replace(year=birthday.year - age, day=day)


def _address(dice: Random, initials: str, particle: str, family: str, number: int) -> str:
    letters = fold(f"{initials[:1]} {particle} {family}").replace(" ", ".")
    domain = dice.choice(MAIL_DOMAINS)
    return f"{letters}.{number % 10_000}@{RETURNS_MAIL if number == HAS_MOVED else domain}"


def _mobile(number: int) -> str:
    """No Dutch mobile number begins with 06-0."""
    return f"06-00{number:06d}"
