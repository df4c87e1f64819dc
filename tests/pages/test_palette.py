"""Search from any page: patients of the own department, screens that one may open, and no name in an address."""

import pytest
from django.urls import reverse

from pages.navigation import BESIDE_THE_MENU, MENU
from pages.worklists import WORKLISTS
from people.models import AccessLog
from people.permissions import ROLES
from tests import factories as make

HTMX = {"HX-Request": "true"}


@pytest.fixture
def lungs(db):
    return make.department("longziekten")


@pytest.fixture
def hart(lungs):
    return make.PatientFactory(
        department=lungs, initials="J.", particle="'t", family_name="Hart", birth_date="1938-12-01"
    )


@pytest.fixture
def client_as(lungs, client_of):
    return lambda role: client_of(make.member(role, lungs))


def look_for(client, text, **more):
    return client.post(reverse("search"), {"zoek": text}, **more)


def found(answer):
    return list(answer.context["patients"].found)


@pytest.mark.parametrize("text", ["hart", "t hart", "1-12-1938", "Harz"])
def test_patient_is_found_by_name_birth_date_or_with_a_slip(client_as, hart, text):
    answer = look_for(client_as("planner"), text, headers=HTMX)
    assert found(answer) == [hart]
    body = answer.content.decode()
    assert reverse("patient", args=[hart.public_id]) in body
    assert reverse("book", args=[hart.public_id]) in body
    assert "<html" not in body


def test_without_a_script_the_same_is_a_page(client_as, hart):
    body = look_for(client_as("planner"), hart.number).content.decode()
    assert reverse("patient", args=[hart.public_id]) in body
    assert "<html" in body


def test_name_never_comes_from_an_address(client_as, hart):
    answer = client_as("planner").get(reverse("search"), {"zoek": "hart"})
    assert found(answer) == []


def test_who_was_shown_is_logged(client_as, hart):
    look_for(client_as("helpdesk"), "hart")
    assert set(AccessLog.objects.values_list("action", "patient", "role")) == {
        ("search.patient", hart.pk, "helpdesk")
    }


def test_only_who_may_see_patients_finds_them_and_only_planners_book(client_as, hart):
    assert found(look_for(client_as("lead"), "hart")) == []
    told = look_for(client_as("clinician"), "hart").content.decode()
    assert reverse("patient", args=[hart.public_id]) in told
    assert reverse("book", args=[hart.public_id]) not in told


def test_patient_of_another_department_is_not_found(client_as, hart):
    stranger = make.PatientFactory(department=make.department("neurologie"), family_name="Hartog")
    assert found(look_for(client_as("planner"), "hart")) == [hart]
    assert found(look_for(client_as("planner"), stranger.number)) == []


def test_screens_are_those_one_may_open_with_their_shortcut(client_as):
    screens = client_as("lead").get(reverse("search")).context["screens"]
    held = [entry for entry in (*MENU, *BESIDE_THE_MENU) if "lead" in ROLES[entry.permission]]
    assert [screen.url for screen in screens] == [reverse(entry.route) for entry in held]
    assert {screen.label: screen.shortcut for screen in screens}["Vandaag"] == "Alt V"


def test_screen_is_found_by_a_part_of_its_name(client_as):
    screens = look_for(client_as("planner"), "AGEN", headers=HTMX).context["screens"]
    assert [(screen.url, screen.shortcut) for screen in screens] == [(reverse("agenda"), "Alt A")]


def test_no_two_screens_share_a_shortcut():
    keys = [entry.key for entry in (*MENU, *WORKLISTS) if entry.key]
    assert len(keys) == len(set(keys))
    assert all(key == key.capitalize() for key in keys)


def test_nothing_found_says_so(client_as, hart):
    answer = look_for(client_as("planner"), "qqqq", headers=HTMX)
    assert (found(answer), answer.context["screens"]) == ([], [])
    assert answer.context["text"] == "qqqq"


def test_search_asks_a_fixed_number_of_queries(client_as, lungs, hart, count_queries):
    client = client_as("planner")

    def ask():
        with count_queries() as queries:
            look_for(client, "hart", headers=HTMX)
        return queries

    ask()
    one = ask()
    for name in ("Hartog", "Hartman"):
        make.PatientFactory(department=lungs, particle="", family_name=name)
    three = ask()
    assert three.count == one.count, str(three)
