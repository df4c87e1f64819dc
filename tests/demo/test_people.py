"""The invented people: as many, as old and as reachable as they should be, and none of them real."""

import re
from datetime import date
from statistics import mean

from demo.hospital.departments import DEPARTMENTS, WORKPLACES
from demo.hospital.patients import AGES, PATIENTS, invent_patients
from demo.hospital.staff import CLINICIANS, OTHERS, PLANNERS, STAFF
from people.models import Role
from praktijkplan.contact import ContactKind, Modality, Profession
from scheduling.models import WorkplaceKind

TODAY = date(2026, 11, 22)
PEOPLE = invent_patients(TODAY)
INVENTED_DOMAIN = re.compile(r"@(\w+\.example|example\.org)$")
# No Dutch number has a zero after 06 or after the area code.
IMPOSSIBLE_NUMBER = re.compile(r"^(06-0\d{7}|020-0\d{6})$")


def age(birth_date: date) -> int:
    return TODAY.year - birth_date.year - ((TODAY.month, TODAY.day) < (birth_date.month, birth_date.day))


def test_the_same_people_come_each_time() -> None:
    assert invent_patients(TODAY) == PEOPLE


def test_they_are_four_hundred_with_numbers_of_their_own() -> None:
    assert len(PEOPLE) == PATIENTS == sum(count for count, *_ in AGES.values()) == 400
    assert len({person.number for person in PEOPLE}) == 400


def test_they_are_young_and_old() -> None:
    ages = [age(person.birth_date) for person in PEOPLE]

    assert max(ages) == 99
    assert sum(years >= 90 for years in ages) >= 8
    assert sum(years < 12 for years in ages) >= 15
    assert 38 <= mean(ages) <= 48


def test_they_keep_their_age_when_the_demo_starts_a_year_later() -> None:
    later = invent_patients(date(2027, 11, 22))

    assert [p.birth_date.year + 1 for p in PEOPLE] == [p.birth_date.year for p in later]


def test_a_child_has_parents_and_nobody_else_has() -> None:
    for person in PEOPLE:
        if age(person.birth_date) < 16:
            assert person.parents
            assert not person.email
        else:
            assert not person.parents


def test_no_address_or_number_can_be_somebodys() -> None:
    mails = [p.email for p in PEOPLE if p.email] + [parent.email for p in PEOPLE for parent in p.parents]
    mails += [member.email for member in STAFF]
    numbers = [number for p in PEOPLE for number in (p.mobile, p.phone) if number]
    numbers += [parent.mobile for p in PEOPLE for parent in p.parents]

    assert [mail for mail in mails if not INVENTED_DOMAIN.search(mail)] == []
    assert [number for number in numbers if not IMPOSSIBLE_NUMBER.match(number)] == []
    assert all(mail.isascii() for mail in mails)
    assert len(set(mails)) == len(mails)


def test_some_cannot_be_reached_by_mail_or_phone() -> None:
    grown_up = [person for person in PEOPLE if not person.parents]

    assert 10 <= sum(not p.email for p in grown_up) <= 60
    assert 5 <= sum(not (p.mobile or p.phone) for p in grown_up) <= 60
    assert any(not (p.email or p.mobile or p.phone) for p in grown_up)


def test_names_have_particles_and_diacritics() -> None:
    particles = {person.particle for person in PEOPLE}

    assert {"van der", "de", "'t", "el"} <= particles
    assert sum(not person.family_name.isascii() for person in PEOPLE) >= 30


def test_the_staff_is_complete() -> None:
    assert len(CLINICIANS) == 12
    assert sum(len(clinician.departments) == 2 for clinician in CLINICIANS) == 2
    assert {clinician.profession for clinician in CLINICIANS} == {
        Profession.SPECIALIST,
        Profession.NURSE_SPECIALIST,
        Profession.PHYSICIAN_ASSISTANT,
        Profession.PSYCHOLOGIST,
    }
    assert len(PLANNERS) == 4
    assert [other.role for other in OTHERS] == [Role.HELPDESK, Role.LEAD, Role.ADMINISTRATOR]
    assert STAFF[0] == CLINICIANS[0]
    assert len({member.email for member in STAFF}) == len(STAFF)


def test_every_department_has_clinicians_a_clerk_types_and_workplaces() -> None:
    assert len(DEPARTMENTS) == 8
    for department in DEPARTMENTS:
        assert any(department.slug in row.departments for row in CLINICIANS)
        assert any(department.slug in row.departments for row in PLANNERS)
        assert any(row.department == department.slug for row in WORKPLACES)
        assert {Modality.VIDEO, Modality.PHONE, Modality.VISIT} <= {kind.form for kind in department.types}
        assert {kind.kind for kind in department.types} == {ContactKind.NEW, ContactKind.FOLLOW_UP}


def test_types_last_from_ten_to_forty_five_minutes() -> None:
    assert {kind.minutes for row in DEPARTMENTS for kind in row.types} == {10, 15, 20, 30, 45}
    psychology = next(row for row in DEPARTMENTS if row.slug == "medische-psychologie")
    assert {kind.minutes for kind in psychology.types} == {45}


def test_workplaces_are_of_all_four_kinds() -> None:
    assert {row.kind for row in WORKPLACES} == set(WorkplaceKind.values)
